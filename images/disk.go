// SPDX-License-Identifier: Apache-2.0

package images

import (
	"errors"
	"io/fs"
	"os"
	"time"

	"github.com/bootlace-net/bootlace/boot"
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

// diskFile is a file of the operator, pinned by its descriptor.
type diskFile struct {
	f       *os.File
	size    int64
	mod     time.Time
	version string
	marks   *marks
}

var _ boot.File = (*diskFile)(nil)

func newDiskFile(f *os.File, m *marks) (*diskFile, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fs.ErrNotExist
	}
	return &diskFile{f: f, size: info.Size(), mod: info.ModTime(), version: version(f, info), marks: m}, nil
}

// ReadAt reads bytes of the file as it was opened; see [ErrChanged].
func (d *diskFile) ReadAt(p []byte, off int64) (int, error) {
	n, err := d.f.ReadAt(p, off)
	end := off + int64(n)
	if n < len(p) || n >= smallRead || end >= d.size || off/stretch != end/stretch {
		// A short read is the end of a file or the sign of a truncated one: the check tells which.
		if cerr := d.check(); cerr != nil {
			return 0, cerr
		}
	}
	return n, err
}

func (d *diskFile) Size() int64        { return d.size }
func (d *diskFile) ModTime() time.Time { return d.mod }
func (d *diskFile) Version() string    { return d.version }
func (d *diskFile) Close() error       { return d.f.Close() }

// mark finds the magic lines, once for all files of the same version.
func (d *diskFile) mark() int64 { return d.marks.of(d) }
