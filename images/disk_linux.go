// SPDX-License-Identifier: Apache-2.0

package images

import (
	"fmt"
	"io/fs"
	"os"
	"syscall"
	"time"
)

// check compares the file with what it was when opened. It costs one system call (about 0.2 us) and no allocation,
// which os.File.Stat would.
func (d *diskFile) check() error {
	var st syscall.Stat_t
	if err := syscall.Fstat(int(d.f.Fd()), &st); err != nil {
		return err
	}
	if st.Size != d.size || !time.Unix(st.Mtim.Unix()).Equal(d.mod) {
		return ErrChanged
	}
	return nil
}

// version names the bytes by the file's identity and its times. The change time makes a difference even when a copying
// program put the modification time back.
func version(f *os.File, info fs.FileInfo) string {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return fmt.Sprintf("%s-%x-%x", f.Name(), info.Size(), info.ModTime().UnixNano())
	}
	return fmt.Sprintf("%x-%x-%x-%x-%x", st.Dev, st.Ino, st.Size, st.Mtim.Nano(), st.Ctim.Nano())
}
