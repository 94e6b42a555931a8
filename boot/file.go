// SPDX-License-Identifier: Apache-2.0

package boot

import (
	"bytes"
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

// MemFile is a File in memory. Its bytes must not be changed after NewMemFile.
type MemFile struct {
	*bytes.Reader
	b       []byte
	mod     time.Time
	version string
}

var _ File = (*MemFile)(nil)

// NewMemFile makes a file of b, versioned by its contents.
func NewMemFile(b []byte, mod time.Time) *MemFile {
	sum := sha256.Sum256(b)
	return &MemFile{Reader: bytes.NewReader(b), b: b, mod: mod, version: hex.EncodeToString(sum[:12])}
}

// Bytes is the whole content; callers must not change it.
func (f *MemFile) Bytes() []byte { return f.b }

// ModTime is what NewMemFile was given.
func (f *MemFile) ModTime() time.Time { return f.mod }

// Version is derived from the bytes.
func (f *MemFile) Version() string { return f.version }

// Close does nothing.
func (f *MemFile) Close() error { return nil }
