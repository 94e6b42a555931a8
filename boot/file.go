// SPDX-License-Identifier: Apache-2.0

package boot

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"time"
)

// File is immutable content of known size: what is opened is served to the last byte even when the configuration or the
// directory behind it changes meanwhile.
type File interface {
	io.ReaderAt
	io.Closer
	// Size is the length in bytes.
	Size() int64
	// ModTime is when the content came to be; zero if that means nothing.
	ModTime() time.Time
	// Version names the bytes: two files of equal version hold equal bytes. It serves as HTTP's ETag.
	Version() string
}

// MemFile is a File in memory. It has no position and nothing to close: one value serves everybody who opens it.
type MemFile struct {
	Holds Holds // what is in it for its machine alone; set before anybody else knows the file

	b       []byte
	mod     time.Time
	version string
}

var _ File = (*MemFile)(nil)

// NewMemFile makes a file of b, whose version is made of its bytes. They must not be changed any more.
func NewMemFile(b []byte, mod time.Time) *MemFile {
	sum := sha256.Sum256(b)
	return &MemFile{b: b, mod: mod, version: hex.EncodeToString(sum[:12])}
}

// ReadAt follows io.ReaderAt.
func (f *MemFile) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 || off >= int64(len(f.b)) {
		return 0, io.EOF
	}
	n := copy(p, f.b[off:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// Size is the length in bytes.
func (f *MemFile) Size() int64 { return int64(len(f.b)) }

// ModTime is what NewMemFile was given.
func (f *MemFile) ModTime() time.Time { return f.mod }

// Version is the same for the same bytes.
func (f *MemFile) Version() string { return f.version }

// Close does nothing.
func (f *MemFile) Close() error { return nil }
