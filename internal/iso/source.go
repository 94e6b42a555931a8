// SPDX-License-Identifier: Apache-2.0

package iso

import (
	"fmt"
	"io"
)

// Bounds of one reading of an image; the package comment states what they add up to.
const (
	mostEntries   = 1 << 18
	mostRead      = 1 << 30  // bytes of descriptors and directories
	mostText      = 24 << 20 // bytes of names and of links' targets
	mostExtents   = 1 << 20
	mostDirectory = 32 << 20 // bytes
	mostDepth     = 64
	mostPath      = 4096 // bytes, as Linux has it
	mostName      = 255  // bytes of UTF-8
)

// FormatError is what is wrong with an image, and where.
type FormatError struct {
	Offset  int64  // in the image, in bytes
	Field   string // what stands there
	Problem string
}

func (e *FormatError) Error() string {
	return fmt.Sprintf("%s, at byte %d of the image: %s", e.Field, e.Offset, e.Problem)
}

func wrong(offset int64, field, problem string, args ...any) error {
	return &FormatError{offset, field, fmt.Sprintf(problem, args...)}
}

// source is an image with what may still be taken from it.
type source struct {
	r    io.ReaderAt
	size int64

	read, text       int64 // bytes so far
	entries, extents int
}

// holds says whether an extent lies in the image.
func (s *source) holds(e Extent) bool {
	return e.Offset >= 0 && e.Length >= 0 && e.Length <= s.size && e.Offset <= s.size-e.Length
}

// bytes reads a piece of the image that is not file content.
func (s *source) bytes(field string, offset, length int64) ([]byte, error) {
	if !s.holds(Extent{offset, length}) {
		return nil, wrong(offset, field, "it is %d bytes long, but the image ends at byte %d; was its download cut short?", length, s.size)
	}
	if s.read += length; s.read > mostRead {
		return nil, wrong(offset, field, "more than %d bytes of directories and descriptors", int64(mostRead))
	}
	b := make([]byte, length)
	if n, err := s.r.ReadAt(b, offset); n < len(b) {
		return nil, fmt.Errorf("%s, at byte %d of the image: %w", field, offset, err)
	}
	return b, nil
}

// content checks an extent of a file before it is kept.
func (s *source) content(field string, e Extent) error {
	if e.Offset != Hole && !s.holds(e) {
		return wrong(e.Offset, field, "it ends at byte %d, the image at %d; was its download cut short?", e.Offset+e.Length, s.size)
	}
	if s.extents++; s.extents > mostExtents {
		return wrong(e.Offset, field, "more than %d extents in this image", mostExtents)
	}
	return nil
}

// entry accounts for one more entry.
func (s *source) entry(offset int64, field string, texts ...string) error {
	if s.entries++; s.entries > mostEntries {
		return wrong(offset, field, "more than %d files and directories", mostEntries)
	}
	for _, t := range texts {
		s.text += int64(len(t))
	}
	if s.text > mostText {
		return wrong(offset, field, "more than %d bytes of names", mostText)
	}
	return nil
}
