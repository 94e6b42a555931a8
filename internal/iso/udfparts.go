// SPDX-License-Identifier: Apache-2.0

package iso

import (
	"encoding/binary"
	"strings"
)

// partitions makes of each partition map the extents of its partition, in order: a map that moves blocks about (UDF sections 2.2.8 to
// 2.2.10) becomes a list of where they really lie, and nothing else has to know of it.
func (s *sequence) partitions(v *udfVolume, maps []byte, count uint32) error {
	at := s.at + 440
	for i := range count {
		if len(maps) < 6 || int(maps[1]) > len(maps) || maps[1] < 6 {
			return wrong(at, "partition map", "map %d of %d does not fit", i+1, count)
		}
		m, length := maps[:maps[1]], int64(maps[1])
		part, err := s.partition(v, m, at)
		if err != nil {
			return err
		}
		v.parts, maps, at = append(v.parts, part), maps[length:], at+length
	}
	return nil
}

func (s *sequence) partition(v *udfVolume, m []byte, at int64) (*spread, error) {
	switch {
	case m[0] == 1:
		return s.whole(int(binary.LittleEndian.Uint16(m[4:])), at)
	case m[0] != 2 || len(m) < 64:
		return nil, wrong(at, "partition map", "type %d of %d bytes is not known here", m[0], len(m))
	}
	under, err := s.whole(int(binary.LittleEndian.Uint16(m[38:])), at)
	if err != nil {
		return nil, err
	}
	switch kind := strings.TrimRight(string(m[5:28]), "\x00"); kind {
	case "*UDF Metadata Partition":
		return s.metadata(v, m, under)
	case "*UDF Sparable Partition":
		return s.sparable(m, under, at)
	case "*UDF Virtual Partition":
		return s.virtual(v, under)
	default:
		return nil, wrong(at, "partition map", "a partition of the kind %q is not known here", kind)
	}
}

// whole is a partition that lies in one piece.
func (s *sequence) whole(number int, at int64) (*spread, error) {
	part, ok := s.physical[number]
	switch {
	case !ok:
		return nil, wrong(at, "partition map", "there is no partition %d", number)
	case part.Offset >= s.src.size:
		return nil, wrong(at, "partition", "it begins at byte %d, but the image ends at %d", part.Offset, s.src.size)
	}
	part.Length = min(part.Length, s.src.size-part.Offset) // unused blocks at the end are often cut off; content is checked by itself
	return spreadOf([]Extent{part}), nil
}

// metadata is a partition that lies in a file of another, or in that file's mirror; UDF section 2.2.10.
func (s *sequence) metadata(v *udfVolume, m []byte, under *spread) (part *spread, err error) {
	for _, at := range []int{40, 44} {
		var file *fileEntry
		if file, err = readEntry(s.src, v.block, []*spread{under}, longAD{block: binary.LittleEndian.Uint32(m[at:])}); err == nil {
			return spreadOf(file.extents), nil
		}
	}
	return nil, err
}

// sparable is a partition some of whose packets have moved, UDF sections 2.2.9 and 2.2.12.
func (s *sequence) sparable(m []byte, under *spread, at int64) (*spread, error) {
	packet := int64(binary.LittleEndian.Uint16(m[40:]))
	size, tables := int64(binary.LittleEndian.Uint32(m[44:])), min(int(m[42]), 4)
	if packet == 0 || size < 56 || size > mostContinuation {
		return nil, wrong(at, "partition map", "packets of %d blocks, sparing tables of %d bytes", packet, size)
	}
	var err error
	for i := range tables {
		where := int64(binary.LittleEndian.Uint32(m[48+4*i:])) * s.block
		var b []byte
		if b, err = s.src.bytes("sparing table", where, size); err != nil {
			continue
		}
		if err = checkTag(b, where, "sparing table", 0); err == nil {
			return s.spared(b, where, packet, under)
		}
	}
	return under, err
}

// spared moves the packets that a sparing table names.
func (s *sequence) spared(b []byte, at, packet int64, under *spread) (*spread, error) {
	moved := map[int64]int64{}
	count := int(binary.LittleEndian.Uint16(b[48:]))
	if 56+8*count > len(b) {
		return nil, wrong(at+48, "sparing table", "its %d entries do not fit", count)
	}
	for e := b[56 : 56+8*count]; len(e) > 0; e = e[8:] {
		if from := binary.LittleEndian.Uint32(e); from < 0xfffffff0 { // above: free, or defective
			moved[int64(from)/packet] = int64(binary.LittleEndian.Uint32(e[4:])) * s.block
		}
	}
	return s.replaced(under, packet*s.block, func(i int64) (int64, bool) { to, ok := moved[i]; return to, ok }, len(moved))
}

// replaced is a partition in which some pieces of the same length lie elsewhere.
func (s *sequence) replaced(under *spread, piece int64, elsewhere func(int64) (int64, bool), most int) (*spread, error) {
	if most == 0 {
		return under, nil
	}
	if under.size()/piece > mostExtents {
		return nil, wrong(s.at, "sparable partition", "more than %d packets", mostExtents)
	}
	var extents []Extent
	for i := int64(0); i*piece < under.size(); i++ {
		part, _ := under.slice(i*piece, min(piece, under.size()-i*piece))
		if to, ok := elsewhere(i); ok {
			part = []Extent{{to, part[0].Length}}
		}
		for _, e := range part {
			extents = join(extents, e)
		}
	}
	return spreadOf(extents), nil
}
