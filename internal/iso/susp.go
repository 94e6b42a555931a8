// SPDX-License-Identifier: Apache-2.0

package iso

import (
	"encoding/binary"
)

// Bounds of one record's System Use fields.
const (
	mostContinuations = 64
	mostContinuation  = 64 << 10 // bytes of one area
)

// field is one System Use field, SUSP section 4.
type field struct {
	signature string
	body      []byte // without the four bytes before it
	offset    int64  // of the field in the image
}

// need says whether the body has that many bytes.
func (f field) need(n int) error {
	if len(f.body) < n {
		return wrong(f.offset, "System Use field "+f.signature, "it has %d bytes where %d are needed", len(f.body)+4, n+4)
	}
	return nil
}

func (f field) uint32(i int) int64 { return int64(binary.LittleEndian.Uint32(f.body[i:])) }

// fields gives each field of a record, those in its continuation areas too.
func (r *isoReader) fields(rec record, each func(field) error) error {
	area, offset := rec.use, rec.offset+int64(rec.length-len(rec.use))
	skip := min(r.skip, len(area))
	area, offset = area[skip:], offset+int64(skip)
	for range mostContinuations {
		next, err := eachField(area, offset, each)
		if err != nil || next.Length == 0 {
			return err
		}
		if next.Length > mostContinuation {
			return wrong(offset, "continuation area", "it is %d bytes long, more than %d", next.Length, mostContinuation)
		}
		next.Offset = next.Offset*r.block + next.skip
		if area, err = r.src.bytes("continuation area", next.Offset, next.Length); err != nil {
			return err
		}
		offset = next.Offset
	}
	return wrong(offset, "continuation area", "more than %d of one record", mostContinuations)
}

// continuation is what a CE field says, SUSP section 5.1: a block, an offset in it, a length.
type continuation struct {
	Extent
	skip int64
}

// eachField gives the fields of one area, and where it goes on.
func eachField(area []byte, offset int64, each func(field) error) (next continuation, err error) {
	for len(area) >= 4 && area[0] != 0 {
		length := int(area[2])
		if length < 4 || length > len(area) {
			return next, wrong(offset, "System Use field", "its length of %d bytes does not fit into %d", length, len(area))
		}
		f := field{string(area[:2]), area[4:length], offset}
		area, offset = area[length:], offset+int64(length)
		switch f.signature {
		case "ST":
			return next, nil
		case "CE":
			if err := f.need(24); err != nil {
				return next, err
			}
			next = continuation{Extent{f.uint32(0), f.uint32(16)}, f.uint32(8)}
		default:
			if err := each(f); err != nil {
				return next, err
			}
		}
	}
	return next, nil
}
