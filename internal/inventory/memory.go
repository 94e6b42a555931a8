// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"encoding/binary"
	"encoding/hex"
	"strings"
)

// mostMemory is more than any machine has, in bytes: what says more is garbage.
const mostMemory = 1 << 46

// memory adds up what SMBIOS says of memory. Its devices say what is plugged in; the ranges what is mapped, which is what a firmware
// without devices has. The larger one counts, for either may be incomplete; 0: neither says anything that can be, or there is more than was
// asked for.
func memory(values map[string]string) int64 {
	devices := sum(values["dimms"], values["dimmsx"], device)
	ranges := sum(values["ranges"], values["rangesx"], mapped)
	if devices < 0 || ranges < 0 {
		return 0
	}
	return max(devices, ranges)
}

// sum adds up what each structure says: a field of the first word, and of the second one where that has no room; 0: one of them cannot be.
// Where as many answer as were asked there may be more, and it is negative.
func sum(words, extended string, read func(field, extended []byte) int64) (bytes int64) {
	all, more := strings.Split(words, ","), strings.Split(extended, ",")
	for i, w := range all {
		field, err := hex.DecodeString(w)
		if err != nil || len(field) == 0 {
			continue
		}
		if i > 0 && i == len(all)-1 {
			return -1
		}
		var x []byte
		if i < len(more) {
			x, _ = hex.DecodeString(more[i]) // none is none
		}
		n := read(field, x)
		if n < 0 || n > mostMemory || bytes+n > mostMemory {
			return 0
		}
		bytes += n
	}
	return bytes
}

// device is a memory device's size (DMTF DSP0134 7.18): in MiB, or in KiB with bit 15 set; 0 is an empty socket, 0xffff unknown, 0x7fff in
// the extended field. -1: this one has some, and does not say how much.
func device(field, extended []byte) int64 {
	if len(field) != 2 {
		return -1
	}
	switch size := binary.LittleEndian.Uint16(field); {
	case size == 0xffff:
		return -1
	case size == 0x7fff && len(extended) == 4:
		return int64(binary.LittleEndian.Uint32(extended)&0x7fffffff) << 20
	case size == 0x7fff:
		return -1
	case size&0x8000 != 0:
		return int64(size&0x7fff) << 10
	default:
		return int64(size) << 20
	}
}

// mapped is the length of a range (DSP0134 7.20): from and to in KiB, both inside; 0xffffffff: in the extended field, in bytes.
func mapped(field, extended []byte) int64 {
	if len(field) != 8 {
		return -1
	}
	from, to := binary.LittleEndian.Uint32(field), binary.LittleEndian.Uint32(field[4:])
	if from == 0xffffffff && len(extended) == 16 {
		from, to := binary.LittleEndian.Uint64(extended), binary.LittleEndian.Uint64(extended[8:])
		if to < from || to-from > mostMemory {
			return -1
		}
		return int64(to-from) + 1
	}
	if to < from {
		return -1
	}
	return (int64(to-from) + 1) << 10
}
