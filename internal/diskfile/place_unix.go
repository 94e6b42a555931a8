// SPDX-License-Identifier: Apache-2.0

//go:build unix

package diskfile

import (
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// OpenFlags are what a file is to be opened with, so that a named pipe does not block who asks for it.
const OpenFlags = os.O_RDONLY | syscall.O_NONBLOCK

// place names a file's place on disk, which its name does not: another may be renamed over it.
func place(f *os.File, info fs.FileInfo) string {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return fmt.Sprintf("%x-%x", st.Dev, st.Ino)
	}
	return f.Name()
}
