// SPDX-License-Identifier: Apache-2.0

package dhcp4

import (
	"bytes"
	"encoding/hex"

	"github.com/bootlace-net/bootlace/boot"
)

// identity reads option 97: a type byte and an SMBIOS UUID, or a Raspberry Pi's own idea of it.
func (m *Message) identity(c *boot.Client) {
	if len(m.UUID) != 17 || m.UUID[0] != 0 {
		return
	}
	if id := m.UUID[1:]; bytes.HasPrefix(id, []byte("RPi")) {
		// "RPi4", board revision, last bytes of the MAC, serial number, all little-endian.
		serial := []byte{id[15], id[14], id[13], id[12]}
		c.Serial = hex.EncodeToString(serial)
		return
	}
	if u := boot.UUIDFromWire([16]byte(m.UUID[1:])); !u.Placeholder() {
		c.UUID = u
	}
}

// isRPi knows a Raspberry Pi's boot ROM by what only it sends, or by its claim to be a BIOS with the foundation's address.
func (m *Message) isRPi(c *boot.Client) bool {
	if c.Stage != boot.StageROM || c.Class == boot.ClassHTTP {
		return false
	}
	if len(m.UUID) == 17 && bytes.HasPrefix(m.UUID[1:], []byte("RPi")) || c.Arch() == boot.ArchRPi {
		return true
	}
	return c.Arch() == boot.ArchBIOS && isFoundation(c.MAC)
}

// isFoundation knows the address blocks of Raspberry Pi (Trading) Ltd and its predecessor.
func isFoundation(m boot.MAC) bool {
	switch [3]byte(m[:3]) {
	case [3]byte{0x28, 0xcd, 0xc1}, [3]byte{0x2c, 0xcf, 0x67}, [3]byte{0x88, 0xa2, 0x9e}, [3]byte{0xb8, 0x27, 0xeb},
		[3]byte{0xd8, 0x3a, 0xdd}, [3]byte{0xdc, 0xa6, 0x32}, [3]byte{0xe4, 0x5f, 0x01}:
		return true
	}
	return false
}
