// SPDX-License-Identifier: Apache-2.0

package lab

import (
	"bytes"
	"encoding/binary"
)

// Disguise makes the first iPXE that asks look like an option ROM that is no iPXE, for there is no other PXE ROM to be had
// in a free distribution: it blanks the two DHCP options by which iPXE says what it is. An iPXE of another build, which a
// boot server may have loaded since, is left alone.
type Disguise struct {
	build []byte // what the first iPXE says of itself: its features, in the order in which they were linked
}

// Options by which iPXE is known (iPXE src/net/udp/dhcp.c).
const (
	optUserClass   = 77
	optEncap       = 175
	dhcpOptions    = 14 + 20 + 8 + 240 // in a frame: Ethernet, IPv4 without options, UDP, the fixed part of DHCP
	udpChecksum    = 14 + 20 + 6
	etherTypeAt    = 12
	ipProtocolAt   = 14 + 9
	udpDestination = 14 + 20 + 2
)

// Frame edits one frame from the machine in place. Its length stays the same: what is taken out becomes padding.
func (d *Disguise) Frame(raw []byte) {
	if !isDHCPRequest(raw) {
		return
	}
	options := raw[dhcpOptions:]
	encap := option(options, optEncap)
	if encap == nil {
		return
	}
	if d.build == nil {
		d.build = bytes.Clone(encap)
	}
	if !bytes.Equal(encap, d.build) {
		return
	}
	clear(encap)
	clear(option(options, optUserClass))
	clear(raw[udpChecksum : udpChecksum+2]) // 0 is "no checksum" (RFC 768)
}

func isDHCPRequest(raw []byte) bool {
	return len(raw) > dhcpOptions && binary.BigEndian.Uint16(raw[etherTypeAt:]) == 0x0800 && raw[14] == 0x45 &&
		raw[ipProtocolAt] == 17 && (binary.BigEndian.Uint16(raw[udpDestination:]) == 67 || binary.BigEndian.Uint16(raw[udpDestination:]) == 4011)
}

// option finds an option with its code and length; nil if it is not there.
func option(b []byte, code byte) []byte {
	for len(b) >= 2 && b[0] != 255 {
		if b[0] == 0 {
			b = b[1:]
			continue
		}
		n := 2 + int(b[1])
		switch {
		case n > len(b):
			return nil
		case b[0] == code:
			return b[:n]
		}
		b = b[n:]
	}
	return nil
}
