// SPDX-License-Identifier: Apache-2.0

//go:build !linux

package images

import (
	"fmt"
	"io/fs"
	"os"
)

// check compares the file with what it was when opened.
func (d *diskFile) check() error {
	info, err := d.f.Stat()
	if err != nil {
		return err
	}
	if info.Size() != d.size || !info.ModTime().Equal(d.mod) {
		return ErrChanged
	}
	return nil
}

// version names the bytes by path, size and time of modification.
func version(f *os.File, info fs.FileInfo) string {
	return fmt.Sprintf("%s-%x-%x", f.Name(), info.Size(), info.ModTime().UnixNano())
}
