// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"encoding/binary"
	"hash/crc32"
	"time"
)

// U-Boot's image of a script (its include/image.h and boot/image.c): a header, then the lengths of what follows, closed by
// a zero, then the script. Everything is big-endian.
const (
	uimageMagic  = 0x27051956
	uimageHeader = 64
	uimageName   = 32 // bytes of the name at the end of the header
	uimageLinux  = 5  // IH_OS_LINUX, which mkimage writes for scripts, too
	uimageScript = 6  // IH_TYPE_SCRIPT
)

// uimageArch is the number of an instruction set. U-Boot does not look at that of a script; mkimage shows it.
func uimageArch(cpu string) byte {
	switch cpu {
	case "arm64":
		return 22
	case "riscv64":
		return 26
	case "x86_64":
		return 24
	case "i386":
		return 3
	default:
		return 2 // ARM
	}
}

// uimage wraps a script, as mkimage -T script does.
func uimage(script []byte, cpu, name string, made time.Time) []byte {
	data := binary.BigEndian.AppendUint32(nil, uint32(len(script)))
	data = binary.BigEndian.AppendUint32(data, 0)
	data = append(data, script...)

	head := make([]byte, uimageHeader)
	binary.BigEndian.PutUint32(head, uimageMagic)
	if !made.IsZero() {
		binary.BigEndian.PutUint32(head[8:], uint32(made.Unix()))
	}
	binary.BigEndian.PutUint32(head[12:], uint32(len(data)))
	binary.BigEndian.PutUint32(head[24:], crc32.ChecksumIEEE(data))
	head[28], head[29], head[30] = uimageLinux, uimageArch(cpu), uimageScript
	copy(head[uimageHeader-uimageName:uimageHeader-1], name)
	binary.BigEndian.PutUint32(head[4:], crc32.ChecksumIEEE(head)) // of the header with zeros in its place
	return append(head, data...)
}
