// SPDX-License-Identifier: Apache-2.0

package iso

import (
	"errors"
	"io"
	"sort"
)

// Hole is the Offset of an extent that was never written: it reads as zeros. Only UDF has them.
const Hole int64 = -1

// Extent is a piece of the image, in bytes.
type Extent struct {
	Offset, Length int64
}

// end is the byte behind it.
func (e Extent) end() int64 { return e.Offset + e.Length }

// join puts an extent behind others, as one with the last if they touch: a file of three extents is mostly one piece.
func join(all []Extent, e Extent) []Extent {
	if e.Length == 0 {
		return all
	}
	if last := len(all) - 1; last >= 0 {
		hole := all[last].Offset == Hole && e.Offset == Hole
		if hole || all[last].Offset != Hole && all[last].end() == e.Offset {
			all[last].Length += e.Length
			return all
		}
	}
	return append(all, e)
}

// spread is content that lies in several extents, one after the other.
type spread struct {
	extents []Extent
	ends    []int64 // in the content, of each extent
}

func spreadOf(extents []Extent) *spread {
	s := &spread{extents: extents, ends: make([]int64, len(extents))}
	var end int64
	for i, e := range extents {
		end += e.Length
		s.ends[i] = end
	}
	return s
}

// size is how much content there is, in bytes.
func (s *spread) size() int64 {
	if len(s.ends) == 0 {
		return 0
	}
	return s.ends[len(s.ends)-1]
}

// slice is where a piece of the content lies; ok is false if the content ends before it.
func (s *spread) slice(offset, length int64) (pieces []Extent, ok bool) {
	if offset < 0 || length < 0 || length > s.size() || offset > s.size()-length {
		return nil, false
	}
	for i := s.find(offset); length > 0; i++ {
		e := s.extents[i]
		skip := offset - (s.ends[i] - e.Length)
		piece := Extent{e.Offset, min(e.Length-skip, length)}
		if e.Offset != Hole {
			piece.Offset += skip
		}
		pieces = join(pieces, piece)
		offset, length = offset+piece.Length, length-piece.Length
	}
	return pieces, true
}

// find is the extent that holds a byte of the content.
func (s *spread) find(offset int64) int {
	return sort.Search(len(s.ends), func(i int) bool { return s.ends[i] > offset })
}

// spreadReader reads such content out of the image.
type spreadReader struct {
	r io.ReaderAt
	*spread
}

// ReadAt reads content, whatever extents it lies in.
func (c spreadReader) ReadAt(p []byte, offset int64) (n int, err error) {
	want := min(int64(len(p)), max(c.size()-offset, 0))
	for i := c.find(offset); int64(n) < want; i++ {
		skip := offset + int64(n) - (c.ends[i] - c.extents[i].Length)
		part := p[n : int64(n)+min(want-int64(n), c.extents[i].Length-skip)]
		if c.extents[i].Offset == Hole {
			clear(part)
			n += len(part)
			continue
		}
		got, err := c.r.ReadAt(part, c.extents[i].Offset+skip)
		if n += got; got < len(part) {
			return n, short(err)
		}
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// short says that an image ended inside of a file, which is not the end of the file.
func short(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
