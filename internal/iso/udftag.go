// SPDX-License-Identifier: Apache-2.0

package iso

import (
	"encoding/binary"
)

// Tags of UDF's descriptors, ECMA-167 3/7.2.1 and 4/7.2.1.
const (
	tagPrimary       = 1
	tagAnchor        = 2
	tagPointer       = 3
	tagPartition     = 5
	tagLogicalVolume = 6
	tagEnd           = 8
	tagFileSet       = 256
	tagFileID        = 257
	tagAllocation    = 258
	tagFile          = 261
	tagExtendedFile  = 266
)

const tagLength = 16

// checkTag says what is wrong with a descriptor's tag, ECMA-167 3/7.2: its checksum, the CRC of what follows, and what it is.
func checkTag(b []byte, offset int64, name string, want ...int) error {
	if len(b) < tagLength {
		return wrong(offset, name, "it is cut short")
	}
	var sum byte
	for i, c := range b[:tagLength] {
		if i != 4 {
			sum += c
		}
	}
	id, crcLength := int(binary.LittleEndian.Uint16(b)), int(binary.LittleEndian.Uint16(b[10:]))
	switch {
	case sum != b[4] || !oneOf(id, want):
		return wrong(offset, name, "there is none here: tag %d, checksum %d", id, b[4])
	case tagLength+crcLength > len(b):
		return wrong(offset+10, name, "its CRC is of %d bytes, more than are here", crcLength)
	case crc16(b[tagLength:tagLength+crcLength]) != binary.LittleEndian.Uint16(b[8:]):
		return wrong(offset+8, name, "its CRC does not match: it is damaged")
	}
	return nil
}

func oneOf(id int, all []int) bool {
	for _, a := range all {
		if id == a {
			return true
		}
	}
	return false
}

// tagID is what a descriptor that was checked is.
func tagID(b []byte) int { return int(binary.LittleEndian.Uint16(b)) }

// tagLocation is the block that a descriptor says it stands in.
func tagLocation(b []byte) uint32 { return binary.LittleEndian.Uint32(b[12:]) }

// crc16 is CRC-ITU-T, x^16 + x^12 + x^5 + 1 from zero: ECMA-167 3/7.2.6.
func crc16(b []byte) (crc uint16) {
	for _, c := range b {
		crc ^= uint16(c) << 8
		for range 8 {
			if crc&0x8000 != 0 {
				crc = crc<<1 ^ 0x1021
			} else {
				crc <<= 1
			}
		}
	}
	return crc
}

// longAD is a long allocation descriptor, ECMA-167 4/14.14.2: a length of two bits of kind and 30 of bytes, a block, a partition.
type longAD struct {
	length    uint32
	block     uint32
	partition int
}

func readLongAD(b []byte) longAD {
	return longAD{binary.LittleEndian.Uint32(b), binary.LittleEndian.Uint32(b[4:]), int(binary.LittleEndian.Uint16(b[8:]))}
}

// compressedUnicode reads OSTA's CS0, UDF section 2.1.1: a byte says whether characters of 8 or of 16 bits follow.
func compressedUnicode(b []byte) (string, bool) {
	switch {
	case len(b) == 0:
		return "", true
	case b[0] == 8:
		return latin1(b[1:]), true
	case b[0] == 16:
		return bigEndian16(b[1:]), true
	}
	return "", false
}

// dstring is such a text in a field of fixed length, whose last byte says how much of it is used; ECMA-167 1/7.2.12.
func dstring(b []byte) string {
	used := min(int(b[len(b)-1]), len(b)-1)
	s, _ := compressedUnicode(b[:used]) // a label that cannot be read is none
	return label(s)
}
