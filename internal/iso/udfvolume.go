// SPDX-License-Identifier: Apache-2.0

package iso

import (
	"encoding/binary"
	"errors"
)

// udfVolume is a UDF logical volume with its partitions.
type udfVolume struct {
	label    string
	revision int // 0x0250 is 2.50
	block    int64
	parts    []*spread // by partition reference number
	fileSet  longAD
}

// mostSequence bounds a volume descriptor sequence, in blocks.
const mostSequence = 256

// readUDFVolume finds the anchor, the volume descriptor sequence and the partitions, ECMA-167 3/8.4 and UDF section 2.2.
func readUDFVolume(src *source) (*udfVolume, error) {
	anchor, block, err := findAnchor(src)
	if err != nil {
		return nil, err
	}
	var trouble [2]error
	for i := range trouble { // the sequence and its reserve
		length, start := binary.LittleEndian.Uint32(anchor[16+8*i:]), binary.LittleEndian.Uint32(anchor[20+8*i:])
		seq := sequence{src: src, block: block, physical: map[int]Extent{}}
		if trouble[i] = seq.read(int64(start), int64(length)); trouble[i] != nil {
			continue
		}
		return seq.volume()
	}
	return nil, errors.Join(trouble[0], trouble[1])
}

// findAnchor looks where UDF section 2.2.3 says, for each size that blocks have.
func findAnchor(src *source) (anchor []byte, block int64, err error) {
	for _, block := range []int64{2048, 512, 4096, 1024} {
		last := src.size/block - 1
		for _, at := range []int64{256, last - 256, last, 512} {
			if at <= 0 || !src.holds(Extent{at * block, 512}) {
				continue
			}
			b, err := src.bytes("anchor volume descriptor pointer", at*block, 512)
			if err != nil {
				return nil, 0, err
			}
			if checkTag(b, at*block, "", tagAnchor) == nil && int64(tagLocation(b)) == at {
				return b, block, nil
			}
		}
	}
	return nil, 0, wrong(256*sector, "anchor volume descriptor pointer", "there is none, nor at the image's end; was its download cut short?")
}

// sequence is a volume descriptor sequence: of each kind the one with the highest number prevails, ECMA-167 3/8.4.2.
type sequence struct {
	src      *source
	block    int64
	physical map[int]Extent // by partition number
	logical  []byte
	at       int64 // where that stands
}

func (s *sequence) read(start, length int64) error {
	for i := int64(0); i < length/s.block; i++ {
		if i == mostSequence {
			return wrong(start*s.block, "volume descriptor sequence", "more than %d descriptors", mostSequence)
		}
		at := (start + i) * s.block
		b, err := s.src.bytes("volume descriptor sequence", at, s.block)
		if err != nil {
			return err
		}
		if tagID(b) == 0 {
			break // an unrecorded block ends it as well
		}
		if err := checkTag(b, at, "volume descriptor", 1, 2, 3, 4, 5, 6, 7, 8, 9); err != nil {
			return err
		}
		if tagID(b) == tagEnd {
			break
		}
		if err := s.take(b, at); err != nil {
			return err
		}
	}
	if s.logical == nil {
		return wrong(start*s.block, "volume descriptor sequence", "it has no logical volume descriptor")
	}
	return nil
}

func (s *sequence) take(b []byte, at int64) error {
	switch tagID(b) {
	case tagPointer:
		return wrong(at, "volume descriptor pointer", "sequences in several pieces are not known here")
	case tagPartition:
		number := int(binary.LittleEndian.Uint16(b[22:]))
		s.physical[number] = Extent{int64(binary.LittleEndian.Uint32(b[188:])) * s.block, int64(binary.LittleEndian.Uint32(b[192:])) * s.block}
	case tagLogicalVolume:
		if s.logical == nil || binary.LittleEndian.Uint32(b[16:]) >= binary.LittleEndian.Uint32(s.logical[16:]) {
			s.logical, s.at = b, at
		}
	}
	return nil
}

// volume makes a volume of the logical volume descriptor, ECMA-167 3/10.6.
func (s *sequence) volume() (*udfVolume, error) {
	b := s.logical
	v := &udfVolume{label: dstring(b[84:212]), revision: int(binary.LittleEndian.Uint16(b[240:])), block: s.block, fileSet: readLongAD(b[248:])}
	if size := binary.LittleEndian.Uint32(b[212:]); int64(size) != s.block {
		return nil, wrong(s.at+212, "logical block size", "%d, but the anchor stands where blocks of %d put it", size, s.block)
	}
	maps := binary.LittleEndian.Uint32(b[264:])
	if maps > uint32(len(b)-440) {
		return nil, wrong(s.at+264, "partition maps", "%d bytes of them do not fit", maps)
	}
	return v, s.partitions(v, b[440:440+maps], binary.LittleEndian.Uint32(b[268:]))
}
