// SPDX-License-Identifier: Apache-2.0

package vault

import (
	"fmt"
	"io"
	"os"
	"sort"
)

// within refuses pieces beyond the end of their blob.
func (f *File) within(size int64) error {
	if f.Source.Extents == nil && size != f.Size {
		return fmt.Errorf("file %s has %d bytes, and its blob %d", f.Path, f.Size, size)
	}
	for _, e := range f.Source.Extents {
		if e.Offset+e.Length > size {
			return fmt.Errorf("file %s: a piece of it lies beyond the end of its blob", f.Path)
		}
	}
	return nil
}

// pieces is a file that lies in stretches of a blob: nothing is copied.
type pieces struct {
	opened
	extents []Extent
	ends    []int64 // where each piece ends in the file
}

func newPieces(o opened, f *File) *pieces {
	p := &pieces{opened: o, extents: f.Source.Extents}
	var end int64
	for _, e := range p.extents {
		end += e.Length
		p.ends = append(p.ends, end)
	}
	return p
}

// Size is that of the pieces together.
func (p *pieces) Size() int64 {
	if len(p.ends) == 0 {
		return 0
	}
	return p.ends[len(p.ends)-1]
}

// Piece tells in which stretch of the blob the byte at off lies, and how many lie behind it there.
func (p *pieces) Piece(off int64) (f *os.File, at, length int64) {
	i := sort.Search(len(p.ends), func(i int) bool { return p.ends[i] > off })
	if off < 0 || i == len(p.ends) {
		return nil, 0, 0
	}
	left := p.ends[i] - off
	f, at, _ = p.opened.Piece(p.extents[i].Offset + p.extents[i].Length - left)
	return f, at, left
}

// ReadAt follows io.ReaderAt.
func (p *pieces) ReadAt(b []byte, off int64) (n int, err error) {
	if off < 0 {
		return 0, fmt.Errorf("negative offset %d", off)
	}
	i := sort.Search(len(p.ends), func(i int) bool { return p.ends[i] > off })
	for ; i < len(p.ends) && n < len(b); i++ {
		left := p.ends[i] - off // in this piece
		at := p.extents[i].Offset + p.extents[i].Length - left
		part := b[n:min(len(b), n+int(min(left, int64(len(b)))))]
		got, err := p.opened.ReadAt(part, at)
		n, off = n+got, off+int64(got)
		if got < len(part) {
			if err == nil || err == io.EOF { //nolint:errorlint // as io.ReaderAt has it; the blob is shorter than it was
				err = io.ErrUnexpectedEOF
			}
			return n, err
		}
	}
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}
