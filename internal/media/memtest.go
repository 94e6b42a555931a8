// SPDX-License-Identifier: Apache-2.0

package media

import (
	"bytes"
	"encoding/binary"
	"strings"
)

// Memtest86+ is one file, which firmware and loaders of Linux start alike: on the medium it stands where firmware looks.

const memtest = "Memtest86+ v"

func knowsMemtest(l *look) bool {
	return strings.HasPrefix(l.kernelVersion(l.first("efi/boot/boot*.efi")), memtest)
}

func planMemtest(l *look, m *Medium) {
	kernel := l.first("efi/boot/boot*.efi")
	m.System = title(l.kernelVersion(kernel))
	m.Version = version(m.System)
	m.Boot = Boot{Title: m.System, Kernel: kernel}
	l.memory(m, 16*mib)
}

// kernelVersion is what a kernel for x86 says of itself: at byte 526 stands where, counted from byte 512 (Linux' boot protocol, section
// "The Real-Mode Kernel Header").
func (l *look) kernelVersion(name string) string {
	e := l.file(name)
	if e == nil {
		return ""
	}
	r, err := l.image.Content(e)
	if err != nil {
		return ""
	}
	b := make([]byte, 68<<10) // the place is of 16 bits
	n, _ := r.ReadAt(b, 0)    // a short one is read whole
	if b = b[:n]; n < 528 || string(b[514:518]) != "HdrS" {
		return ""
	}
	at := 512 + int(binary.LittleEndian.Uint16(b[526:]))
	if at >= n {
		return ""
	}
	text, _, _ := bytes.Cut(b[at:min(n, at+mostOfATitle)], []byte{0})
	return string(text)
}
