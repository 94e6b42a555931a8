// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"time"

	"github.com/bootlace-net/bootlace/boot"
)

// file is something rendered. It has no position, so one value serves everybody who opens it.
type file struct {
	b       []byte
	mod     time.Time
	version string
}

var _ boot.File = (*file)(nil)

func newFile(b []byte, mod time.Time) *file {
	sum := sha256.Sum256(b)
	return &file{b: b, mod: mod, version: hex.EncodeToString(sum[:12])}
}

// ReadAt follows io.ReaderAt.
func (f *file) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 || off >= int64(len(f.b)) {
		return 0, io.EOF
	}
	n := copy(p, f.b[off:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (f *file) Size() int64        { return int64(len(f.b)) }
func (f *file) ModTime() time.Time { return f.mod }
func (f *file) Version() string    { return f.version }
func (f *file) Close() error       { return nil }
