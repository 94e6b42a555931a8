// SPDX-License-Identifier: Apache-2.0

package iso

import (
	"encoding/binary"
)

// virtual is a partition of a medium that can be written once: a table in its last file says where each block is by now, UDF
// sections 2.2.8 and 2.2.11.
func (s *sequence) virtual(v *udfVolume, under *spread) (*spread, error) {
	table, err := s.lastFile(v, under)
	if err != nil {
		return nil, err
	}
	if table.size < 0 || table.size > 4*mostExtents {
		return nil, wrong(table.offset, "virtual allocation table", "it is %d bytes long", table.size)
	}
	b, err := readSpread(s.src, "virtual allocation table", table)
	if err != nil {
		return nil, err
	}
	begin, end := 0, len(b)-36 // UDF 1.50: 36 bytes follow
	if table.kind == fileVirtualTable {
		begin, end = 0, len(b)
		if len(b) >= 2 { // UDF 2.00: a header precedes
			begin = int(binary.LittleEndian.Uint16(b))
		}
	}
	if begin > end || end < 0 {
		return nil, wrong(table.offset, "virtual allocation table", "its %d bytes are no table", len(b))
	}
	return s.table(b[begin:end], under), nil
}

// lastFile reads the file entry in the image's last block, or near it: writers leave up to 150 blocks behind it.
func (s *sequence) lastFile(v *udfVolume, under *spread) (file *fileEntry, err error) {
	last := under.size()/s.block - 1
	for i := last; i >= 0 && i > last-152; i-- {
		if file, err = readEntry(s.src, v.block, []*spread{under}, longAD{block: uint32(i)}); err == nil {
			return file, nil
		}
	}
	return nil, wrong(s.src.size, "virtual allocation table", "there is none at the image's end; was the medium closed?")
}

func (s *sequence) table(b []byte, under *spread) *spread {
	extents := make([]Extent, 0, 16)
	for ; len(b) >= 4; b = b[4:] {
		part, ok := under.slice(int64(binary.LittleEndian.Uint32(b))*s.block, s.block)
		if !ok {
			part = []Extent{{Hole, s.block}} // 0xffffffff is a block that is not in use
		}
		for _, e := range part {
			extents = join(extents, e)
		}
	}
	return spreadOf(extents)
}

// readSpread reads all of a file that is no content, as its entry says where it is.
func readSpread(src *source, field string, f *fileEntry) ([]byte, error) {
	all := make([]byte, 0, f.size)
	for _, p := range f.extents {
		if p.Offset == Hole {
			return nil, wrong(f.offset, field, "it was never written")
		}
		b, err := src.bytes(field, p.Offset, p.Length)
		if err != nil {
			return nil, err
		}
		all = append(all, b...)
	}
	return all, nil
}
