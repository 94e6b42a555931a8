// SPDX-License-Identifier: Apache-2.0

//go:build !linux

package diskfile

import "io/fs"

// check compares the file with what it was when opened.
func (d *File) check() error {
	info, err := d.f.Stat()
	if err != nil {
		return err
	}
	if info.Size() != d.size || !info.ModTime().Equal(d.mod) {
		return ErrChanged
	}
	return nil
}

func changeTime(fs.FileInfo) string { return "" }
