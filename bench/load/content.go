// SPDX-License-Identifier: Apache-2.0

package load

import "encoding/binary"

// Content makes a file of the given size whose every 8 bytes depend on their position, so that a block of any length in a wrong
// place never compares equal.
func Content(size int) []byte {
	b := make([]byte, size+7)
	for i := 0; i < size; i += 8 {
		binary.LittleEndian.PutUint64(b[i:], mix(uint64(i)))
	}
	return b[:size]
}

// mix is the finalizer of SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
