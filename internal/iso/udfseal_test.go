// SPDX-License-Identifier: Apache-2.0

package iso_test

// seal gives the descriptor at offset its tag.
func (u *udfMaker) seal(offset int, id uint16, location int, length int) {
	b := u.image[offset:]
	le.PutUint16(b, id)
	le.PutUint16(b[2:], 3)
	le.PutUint32(b[12:], uint32(location))
	le.PutUint16(b[10:], uint16(length-16))
	reseal(b)
}

// reseal makes a tag's CRC and checksum right, for what it says of its length.
func reseal(b []byte) {
	length := int(le.Uint16(b[10:]))
	if 16+length > len(b) {
		return
	}
	le.PutUint16(b[8:], crc(b[16:16+length]))
	b[4] = 0
	var sum byte
	for _, c := range b[:16] {
		sum += c
	}
	b[4] = sum
}

// crc is CRC-ITU-T another way than the reader's: bit by bit through a shift register of 17 bits.
func crc(b []byte) uint16 {
	var reg uint32
	for _, c := range append(append([]byte{}, b...), 0, 0) {
		for bit := 7; bit >= 0; bit-- {
			reg = reg<<1 | uint32(c>>bit&1)
			if reg&0x10000 != 0 {
				reg ^= 0x11021
			}
		}
	}
	return uint16(reg)
}
