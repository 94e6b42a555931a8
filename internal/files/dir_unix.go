// SPDX-License-Identifier: Apache-2.0

//go:build unix

package files

import (
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

const nonblock = syscall.O_NONBLOCK

// identity names a file's place on disk, which its name does not: another may be renamed over it.
func identity(f *os.File, info fs.FileInfo) string {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return fmt.Sprintf("%d %d", st.Dev, st.Ino)
	}
	return f.Name()
}
