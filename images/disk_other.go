// SPDX-License-Identifier: Apache-2.0

//go:build !linux

package images

import (
	"fmt"
	"io/fs"
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

// version names the bytes by name, size and time of modification.
func version(info fs.FileInfo) string {
	return fmt.Sprintf("%s-%x-%x", info.Name(), info.Size(), info.ModTime().UnixNano())
}
