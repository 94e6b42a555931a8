// SPDX-License-Identifier: Apache-2.0

package iso_test

import (
	"encoding/binary"
	"unicode/utf16"
)

// udfMaker writes small UDF images with what no program here can fill: a metadata partition (UDF 2.50), and each kind of allocation
// descriptor. Partition 0 begins at block 300 of 2048 bytes; the metadata partition is blocks 10 to 19 and 40 to 59 of it.
type udfMaker struct {
	image    []byte
	revision uint16
	meta     int // the partition reference of file entries and directories: 1, or 0 before UDF 2.50
}

const (
	udfBlock     = 2048
	udfPartition = 300
	udfBlocks    = 600
)

var le = binary.LittleEndian

func makeUDF(revision uint16) *udfMaker {
	u := &udfMaker{image: make([]byte, udfBlocks*udfBlock), revision: revision}
	nsr := "NSR02"
	if revision >= 0x200 {
		nsr = "NSR03"
	}
	for i, id := range []string{"BEA01", nsr, "TEA01"} {
		copy(u.image[(16+i)*udfBlock+1:], id+"\x01")
	}
	if revision >= 0x250 {
		u.meta = 1
	}
	u.volume()
	return u
}

// at is where a block of a partition lies.
func (u *udfMaker) at(part, block int) int {
	if part == 1 {
		if block += 10; block >= 20 {
			block += 20
		}
	}
	return (udfPartition + block) * udfBlock
}

// volume writes the anchors, and the descriptor sequence at block 32 with its reserve at 64.
func (u *udfMaker) volume() {
	block := func(n int) []byte { return u.image[n*udfBlock:] }
	for _, anchor := range []int{256, udfBlocks - 1} {
		for i, sequence := range []uint32{32, 64} {
			le.PutUint32(block(anchor)[16+8*i:], 16*udfBlock)
			le.PutUint32(block(anchor)[20+8*i:], sequence)
		}
		u.seal(anchor*udfBlock, 2, anchor, 512)
	}
	u.seal(32*udfBlock, 1, 32, 512) // primary
	p := block(33)
	le.PutUint32(p[188:], udfPartition)
	le.PutUint32(p[192:], udfBlocks-1-udfPartition)
	copy(p[25:], "+NSR03")
	u.seal(33*udfBlock, 5, 33, 512)
	v := block(34)
	copy(v[84:], "\x08MADE")
	v[84+127] = 5
	le.PutUint32(v[212:], udfBlock)
	copy(v[217:], "*OSTA UDF Compliant")
	le.PutUint16(v[240:], u.revision)
	u.longAD(v[248:], udfBlock, 0, u.meta)
	maps := append(v[:440:440], 1, 6, 1, 0, 0, 0)
	if u.meta == 1 {
		m := make([]byte, 64)
		m[0], m[1], m[36] = 2, 64, 1
		copy(m[5:], "*UDF Metadata Partition")
		le.PutUint32(m[40:], 0)
		le.PutUint32(m[44:], 1)
		maps = append(maps, m...)
		for _, n := range []int{0, 1} { // the metadata file and its mirror
			u.entry(0, n, byte(250+n), 30*udfBlock, 0, shortAD(10*udfBlock, 10), shortAD(20*udfBlock, 40))
		}
	}
	copy(v[440:], maps[440:])
	le.PutUint32(v[264:], uint32(len(maps)-440))
	le.PutUint32(v[268:], uint32(1+u.meta))
	u.seal(34*udfBlock, 6, 34, len(maps))
	u.seal(35*udfBlock, 8, 35, 512)
	copy(block(64), u.image[32*udfBlock:36*udfBlock])
	for i, id := range []uint16{1, 5, 6, 8} {
		u.seal((64+i)*udfBlock, id, 64+i, len(maps))
	}
	set := u.image[u.at(u.meta, 0):]
	u.longAD(set[400:], udfBlock, 1, u.meta)
	u.seal(u.at(u.meta, 0), 256, 0, 512)
}

func (u *udfMaker) longAD(b []byte, length int64, block, part int) {
	le.PutUint32(b, uint32(length))
	le.PutUint32(b[4:], uint32(block))
	le.PutUint16(b[8:], uint16(part))
}

func (u *udfMaker) long(length int64, block, part int) []byte {
	b := make([]byte, 16)
	u.longAD(b, length, block, part)
	return b
}

func shortAD(length, block int) []byte {
	return le.AppendUint32(le.AppendUint32(nil, uint32(length)), uint32(block))
}

// entry writes an extended file entry, or a file entry before UDF 2.00.
func (u *udfMaker) entry(part, block int, kind byte, size int64, ads int, descriptors ...[]byte) {
	id, header, attributes, when := uint16(266), 216, 208, 92
	if u.revision < 0x200 {
		id, header, attributes, when = 261, 176, 168, 84
	}
	b := u.image[u.at(part, block):]
	clear(b[:udfBlock])
	le.PutUint16(b[20:], 4)
	le.PutUint16(b[24:], 1)
	b[27] = kind
	le.PutUint16(b[34:], uint16(ads))
	le.PutUint32(b[44:], 0b00101_00101_00111) // r-x for owner and group, rwx for others
	le.PutUint16(b[48:], 1)                   // Linux takes a file without links for one that was deleted
	le.PutUint64(b[56:], uint64(size))
	copy(b[when:], []byte{120, 0x10, 0xea, 0x07, 11, 25, 3, 4, 5, 0, 0, 0}) // 2026-11-25 03:04:05, two hours east
	at := header
	for _, d := range descriptors {
		at += copy(b[at:], d)
	}
	le.PutUint32(b[attributes+4:], uint32(at-header))
	u.seal(u.at(part, block), id, block, at)
}

// identifier makes a File Identifier Descriptor; name in 8 or 16 bits, as it needs.
func (u *udfMaker) identifier(flags byte, name string, block int) []byte {
	text := []byte{8}
	for _, r := range name {
		if r > 255 {
			text = []byte{16}
			for _, unit := range utf16.Encode([]rune(name)) {
				text = append(text, byte(unit>>8), byte(unit))
			}
			break
		}
		text = append(text, byte(r))
	}
	if name == "" {
		text = nil
	}
	b := make([]byte, (38+len(text)+3)&^3)
	b[16], b[18], b[19] = 1, flags, byte(len(text))
	u.longAD(b[20:], udfBlock, block, u.meta)
	copy(b[38:], text)
	le.PutUint16(b, 257)
	le.PutUint16(b[2:], 3)
	le.PutUint16(b[10:], uint16(len(b)-16))
	reseal(b)
	return b
}
