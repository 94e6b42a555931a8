// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
)

// kind is a family of clients that needs answers of its own, beyond what architecture and class say.
type kind uint8

const (
	kindPXE kind = iota
	kindRPi
	kindUBoot
)

// client says what a message tells about the machine, and of which kind it is. The message is not kept.
func (m *message) client() (boot.Client, kind) {
	c := boot.Client{
		MAC:      m.mac(),
		Class:    classOf(m.class),
		Vendor:   printable(m.class),
		Hostname: printable(m.hostname),
	}
	c.Archs = m.architectures()
	c.User = userClass(m.userClass)
	c.Stage = m.stage(c.User)
	c.Circuit, c.Remote = printable(subOption(m.relay, relayCircuit)), printable(subOption(m.relay, relayRemote))
	c.Relay = m.giaddr
	m.identity(&c)
	switch {
	case m.isRPi(&c):
		c.Archs = announce(c.Archs, boot.ArchRPi)
		return c, kindRPi
	case strings.HasPrefix(c.Vendor, "U-Boot"):
		c.Archs = announce(c.Archs, ubootArch(c.Vendor, c.Arch()))
		return c, kindUBoot
	case c.Firmware() == boot.FirmwareUBoot:
		return c, kindUBoot
	}
	return c, kindPXE
}

// announce puts an architecture that the machine keeps to itself before those it claims: a Raspberry Pi says 0, U-Boot
// takes UEFI's number in turns with its own.
func announce(archs []boot.Arch, a boot.Arch) []boot.Arch {
	if len(archs) > 0 && archs[0] == a {
		return archs
	}
	return append([]boot.Arch{a}, archs...)
}

// ubootArch reads "U-Boot.armv7", "U-Boot.armv8" and the like (U-Boot's CONFIG_BOOTP_VCI_STRING).
func ubootArch(vendor string, said boot.Arch) boot.Arch {
	switch {
	case strings.HasPrefix(vendor, "U-Boot.armv8"):
		return boot.ArchARM64UBoot
	case strings.HasPrefix(vendor, "U-Boot.arm"):
		return boot.ArchARM32UBoot
	default:
		return said
	}
}

// mac is the hardware address. EDK2 can be told to send its GUID in chaddr with hlen 16 (PxeBcDhcp4.c); the address then
// may still stand in option 61 with its hardware type.
func (m *message) mac() (mac boot.MAC) {
	switch {
	case m.hlen == 6 && m.htype <= 1, m.hlen == 0:
		copy(mac[:], m.chaddr[:])
	case len(m.clientID) == 7 && m.clientID[0] == 1:
		copy(mac[:], m.clientID[1:])
	}
	if mac.IsGroup() { // nobody's address: a forgery, or a GUID
		return boot.MAC{}
	}
	return mac
}

// nameless is the key of machines that say nothing to tell them apart. They share their limits, and have no history.
func nameless() boot.MAC { return boot.MAC{1} }

// key is what a machine is remembered under: its hardware address; for one that has none, something made of what else
// identifies it, which is nobody's address because its group bit is set.
func (m *message) key(mac boot.MAC) boot.MAC {
	if !mac.IsZero() {
		return mac
	}
	h := uint64(14695981039346656037) // FNV-1a
	known := false
	for _, b := range [][]byte{m.chaddr[:], m.uuid, m.clientID} {
		for _, c := range b {
			known = known || c != 0
			h = (h ^ uint64(c)) * 1099511628211
		}
	}
	if !known {
		return nameless()
	}
	return boot.MAC{byte(h>>40) | 1, byte(h >> 32), byte(h >> 24), byte(h >> 16), byte(h >> 8), byte(h)}
}

// link is an address on the client's network: the relay's, or the one a relay names that has no address there (RFC 3527).
func (m *message) link() netip.Addr {
	if a := optAddr(subOption(m.relay, relayLink)); a.IsValid() {
		return a
	}
	return m.giaddr
}

func classOf(b []byte) boot.Class {
	switch {
	case bytes.HasPrefix(b, []byte("PXEClient")):
		return boot.ClassPXE
	case bytes.HasPrefix(b, []byte("HTTPClient")):
		return boot.ClassHTTP
	default:
		return boot.ClassNone
	}
}

// architectures reads option 93; where it is missing, the class says it: PXEClient:Arch:00007:UNDI:003000.
func (m *message) architectures() []boot.Arch {
	b := m.archs
	if len(b) < 2 {
		_, rest, ok := bytes.Cut(m.class, []byte(":Arch:"))
		if n := atoi(rest); ok && n >= 0 {
			return []boot.Arch{boot.Arch(n)}
		}
		return nil
	}
	archs := make([]boot.Arch, 0, min(len(b)/2, 8))
	for ; len(b) >= 2 && len(archs) < cap(archs); b = b[2:] {
		archs = append(archs, boot.Arch(binary.BigEndian.Uint16(b)))
	}
	return archs
}

// atoi reads the five digits of an architecture; -1 if they are none.
func atoi(b []byte) int {
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
			return printable(b)
		}
		parts = append(parts, printable(rest[1:1+int(rest[0])]))
		rest = rest[1+int(rest[0]):]
	}
}

// ourUserClass is what the iPXE builds of tinkerbell/ipxedust set before they ask DHCP themselves. Being given our script,
// they never need another loader.
const ourUserClass = "Tinkerbell"

// stage tells firmware from iPXE. Features in option 175 tell too, for the user class is a setting that scripts change.
func (m *message) stage(user string) boot.Stage {
	switch {
	case user == ourUserClass:
		return boot.StageBootlace
	case strings.Contains(user, "iPXE"), len(m.ipxe) > 2:
		return boot.StageIPXE
	default:
		return boot.StageROM
	}
}

// identity reads option 97: a type byte and an SMBIOS UUID, or a Raspberry Pi's own idea of it.
func (m *message) identity(c *boot.Client) {
	if len(m.uuid) != 17 || m.uuid[0] != 0 {
		return
	}
	if id := m.uuid[1:]; bytes.HasPrefix(id, []byte("RPi")) {
		// "RPi4", board revision, last bytes of the MAC, serial number, all little-endian.
		serial := []byte{id[15], id[14], id[13], id[12]}
		c.Serial = hex.EncodeToString(serial)
		return
	}
	if u := boot.UUIDFromWire([16]byte(m.uuid[1:])); !u.Placeholder() {
		c.UUID = u
	}
}

// isRPi knows a Raspberry Pi's boot ROM by what only it sends, or by its claim to be a BIOS with the foundation's address.
func (m *message) isRPi(c *boot.Client) bool {
	if c.Stage != boot.StageROM || c.Class == boot.ClassHTTP {
		return false
	}
	if len(m.uuid) == 17 && bytes.HasPrefix(m.uuid[1:], []byte("RPi")) || c.Arch() == boot.ArchRPi {
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

// printable keeps what a packet says from writing more than its own words into logs and templates.
func printable(b []byte) string {
	b = bytes.TrimRight(b, "\x00")
	clean := true
	for _, c := range b {
		clean = clean && c >= ' ' && c < 0x7f
	}
	if clean {
		return string(b)
	}
	out := bytes.Clone(b)
	for i, c := range out {
		if c < ' ' || c >= 0x7f {
			out[i] = '?'
		}
	}
	return string(out)
}
