// SPDX-License-Identifier: Apache-2.0

package httpd

import (
	"errors"
	"io"
	"os"

	"github.com/bootlace-net/bootlace/boot"
)

// onDisk is a [boot.File] whose bytes are those of a file, or pieces of one, so that the system can send them without our touching
// them. The descriptor is the File's alone: its position is moved.
type onDisk interface {
	// Piece tells where the byte at off lies in f, and how many lie behind it in one stretch, itself included; f is nil if it cannot
	// be told.
	Piece(off int64) (f *os.File, at, length int64)
}

// body reads a file in order, and knows where it is.
type body struct {
	file boot.File
	off  int64
}

var errSeek = errors.New("seek before the beginning")

// Seek follows io.Seeker.
func (b *body) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += b.off
	case io.SeekEnd:
		offset += b.file.Size()
	}
	if offset < 0 {
		return 0, errSeek
	}
	b.off = offset
	return offset, nil
}

// Read follows io.Reader. It goes no farther than the file was long when it was opened.
func (b *body) Read(p []byte) (int, error) {
	left := b.file.Size() - b.off
	if left <= 0 {
		return 0, io.EOF
	}
	n, err := b.file.ReadAt(p[:min(int64(len(p)), left)], b.off)
	b.off += int64(n)
	if n > 0 && errors.Is(err, io.EOF) {
		err = nil
	}
	return n, err
}

// Of a body that the system sends, a piece of most bytes is given to it at a time: that has to leave within the time of a stall. The
// last bytes are read, for that finds out whether the file was changed in place meanwhile, and then the client must not have all of it.
const (
	mostAtOnce = 1 << 20
	readAtLast = 4 << 10
	readAtOnce = 32 << 10 // of what is read, because it is encrypted here or is no file on disk: two TLS records
	worthIt    = 2 * readAtOnce
)

// next gives a stretch for the system to send, of at most so many bytes; nil where it is to be read.
func (b *body) next(most int64) *io.LimitedReader {
	d, ok := b.file.(onDisk)
	if !ok {
		return nil
	}
	f, at, length := d.Piece(b.off)
	if f == nil || length <= 0 {
		return nil
	}
	if _, err := f.Seek(at, io.SeekStart); err != nil {
		return nil // then it is read, which says what is wrong
	}
	return &io.LimitedReader{R: f, N: min(most, length)}
}
