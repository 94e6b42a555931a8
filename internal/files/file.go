// SPDX-License-Identifier: Apache-2.0

package files

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// file is the content of a file on disk.
type file struct {
	f    *os.File
	info fs.FileInfo
}

var errChanged = errors.New("file changed while it was being served")

// ReadAt fails when the file is not what it was when it was opened: half of one version and half of another is worse than
// an error. Replacing a file by renaming another over it never disturbs a running transfer.
func (f *file) ReadAt(p []byte, off int64) (int, error) {
	n, err := f.f.ReadAt(p, off)
	if info, e := f.f.Stat(); e != nil || info.Size() != f.info.Size() || !info.ModTime().Equal(f.info.ModTime()) {
		return 0, errChanged
	}
	return n, err
}

// Close closes the file.
func (f *file) Close() error { return f.f.Close() }

// Size is the size when it was opened.
func (f *file) Size() int64 { return f.info.Size() }

// Version names this state of this file, by whatever name it was opened.
func (f *file) Version() string {
	return fmt.Sprintf("%s %d %d", identity(f.f, f.info), f.info.Size(), f.info.ModTime().UnixNano())
}
