// SPDX-License-Identifier: Apache-2.0

// Package diskfile is a file on disk that is served as it was when it was opened, or not at all, and the directory it is found in.
package diskfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"time"
)

// ErrChanged is the error of reading a file that was truncated or overwritten in place since it was opened.
var ErrChanged = errors.New("the file was changed in place while it was being read; replace files by renaming new ones over them")

// A read of less than smallRead bytes (a TFTP block) is vouched for by the read that leaves its stretch or reaches the
// end of the file, so that a transfer of small blocks costs one check in a stretch and still cannot end well with mixed
// bytes. Larger reads are checked one by one.
const (
	smallRead = 2 << 10
	stretch   = 64 << 10
)

// File is a regular file, pinned by its descriptor.
type File struct {
	f       *os.File
	size    int64
	mod     time.Time
	version string

	// open is held while the number of the descriptor is in use: once it is closed, the number is another file's.
	open   sync.RWMutex
	closed bool
}

// New takes over a regular file that is open, and that info was just learnt of.
func New(f *os.File, info fs.FileInfo) *File {
	return &File{f: f, size: info.Size(), mod: info.ModTime(),
		version: fmt.Sprintf("%s-%x-%x%s", place(f, info), info.Size(), info.ModTime().UnixNano(), changeTime(info))}
}

// ReadAt reads bytes of the file as it was opened; see [ErrChanged].
func (d *File) ReadAt(p []byte, off int64) (int, error) {
	n, err := d.f.ReadAt(p, off)
	end := off + int64(n)
	if n < len(p) || n >= smallRead || end >= d.size || off/stretch != end/stretch {
		// A short read is the end of a file or the sign of a truncated one: the check tells which.
		if cerr := d.unchanged(); cerr != nil {
			return 0, cerr
		}
	}
	return n, err
}

// Piece tells where the bytes from off lie: in the file itself, up to its end.
func (d *File) Piece(off int64) (f *os.File, at, length int64) { return d.f, off, d.size - off }

// Size is the size when it was opened.
func (d *File) Size() int64 { return d.size }

// ModTime is the time of modification when it was opened.
func (d *File) ModTime() time.Time { return d.mod }

// Version names this state of this file, by whatever name it was opened.
func (d *File) Version() string { return d.version }

// Close closes the file. Somebody may still be reading it.
func (d *File) Close() error {
	d.open.Lock()
	defer d.open.Unlock()
	d.closed = true
	return d.f.Close()
}

// unchanged compares the file with what it was, if it is still open.
func (d *File) unchanged() error {
	d.open.RLock()
	defer d.open.RUnlock()
	if d.closed {
		return fs.ErrClosed
	}
	return d.check()
}
