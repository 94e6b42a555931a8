// SPDX-License-Identifier: Apache-2.0

package diskfile

import (
	"fmt"
	"io/fs"
	"syscall"
	"time"
)

// check compares the file with what it was when opened. It costs one system call (about 0.2 us) and no allocation,
// which os.File.Stat would.
func (d *File) check() error {
	var st syscall.Stat_t
	if err := syscall.Fstat(int(d.f.Fd()), &st); err != nil {
		return err
	}
	if st.Size != d.size || !time.Unix(st.Mtim.Unix()).Equal(d.mod) {
		return ErrChanged
	}
	return nil
}

// changeTime makes a difference even when a copying program put the modification time back.
func changeTime(info fs.FileInfo) string {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return fmt.Sprintf("-%x", st.Ctim.Nano())
	}
	return ""
}
