// SPDX-License-Identifier: Apache-2.0

package dhcp4

import (
	"bytes"
	"encoding/binary"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
)

// ClassOf reads the first word of option 60, which DHCPv6 has in option 16.
func ClassOf(b []byte) boot.Class {
	switch {
	case bytes.HasPrefix(b, []byte("PXEClient")):
		return boot.ClassPXE
	case bytes.HasPrefix(b, []byte("HTTPClient")):
		return boot.ClassHTTP
	default:
		return boot.ClassNone
	}
}

// ArchOf reads the architecture in a class, which counts where nothing else names one: PXEClient:Arch:00007:UNDI:003000.
func ArchOf(class []byte) []boot.Arch {
	_, rest, ok := bytes.Cut(class, []byte(":Arch:"))
	if n := fiveDigits(rest); ok && n >= 0 {
		return []boot.Arch{boot.Arch(n)}
	}
	return nil
}

// architectures reads option 93.
func (m *Message) architectures() []boot.Arch {
	b := m.Archs
	if len(b) < 2 {
		return ArchOf(m.Class)
	}
	archs := make([]boot.Arch, 0, min(len(b)/2, 8))
	for ; len(b) >= 2 && len(archs) < cap(archs); b = b[2:] {
		archs = append(archs, boot.Arch(binary.BigEndian.Uint16(b)))
	}
	return archs
}

// fiveDigits reads an architecture's number; -1 if it is none.
func fiveDigits(b []byte) int {
	if len(b) < 5 {
		return -1
	}
	n := 0
	for _, c := range b[:5] {
		if c < '0' || c > '9' {
			return -1
		}
		n = n*10 + int(c-'0')
	}
	if n > 0xffff {
		return -1
	}
	return n
}

// userClass reads option 77: a list of counted strings (RFC 3004), or the plain text that iPXE sends.
func userClass(b []byte) string {
	var parts []string
	for rest := b; ; {
		switch {
		case len(rest) == 0:
			return strings.Join(parts, ",")
		case rest[0] == 0 || int(rest[0]) >= len(rest):
			return Printable(b)
		}
		parts = append(parts, Printable(rest[1:1+int(rest[0])]))
		rest = rest[1+int(rest[0]):]
	}
}

// OurUserClass is what the iPXE builds of tinkerbell/ipxedust set before they ask DHCP themselves. Being given our script,
// they never need another loader.
const OurUserClass = "Tinkerbell"

// StageOf tells firmware from iPXE. Features (option 175) tell too, for the user class is a setting that scripts change.
func StageOf(user string, features []byte) boot.Stage {
	switch {
	case user == OurUserClass:
		return boot.StageBootlace
	case strings.Contains(user, "iPXE"), len(features) > 2:
		return boot.StageIPXE
	default:
		return boot.StageROM
	}
}

// Printable is a text of a packet as firmware shows it, which is also fit for logs and templates.
func Printable(b []byte) string { return boot.ASCII(strings.TrimRight(string(b), "\x00")) }
