// SPDX-License-Identifier: Apache-2.0

//go:build !unix

package diskfile

import (
	"io/fs"
	"os"
)

// OpenFlags are what a file is to be opened with.
const OpenFlags = os.O_RDONLY

// place is the path: an open file cannot be replaced here.
func place(f *os.File, _ fs.FileInfo) string { return f.Name() }
