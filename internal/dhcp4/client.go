// SPDX-License-Identifier: Apache-2.0

package dhcp4

import (
	"net/netip"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
)

// Family is a family of firmware that needs answers of its own, beyond what architecture and class say.
type Family uint8

// The families.
const (
	FamilyPXE   Family = iota // what follows PXE or UEFI
	FamilyRPi                 // the Raspberry Pi's boot ROM
	FamilyUBoot               // U-Boot
)

// Client says what a message tells about the machine, and of which family its firmware is. The message is not kept.
func (m *Message) Client() (boot.Client, Family) {
	c := boot.Client{
		MAC:      m.MAC(),
		Class:    ClassOf(m.Class),
		Vendor:   Printable(m.Class),
		Hostname: Printable(m.Hostname),
	}
	c.Archs = m.architectures()
	c.User = userClass(m.UserClass)
	c.Stage = StageOf(c.User, m.IPXE)
	c.Circuit, c.Remote = Printable(SubOption(m.Relay, RelayCircuit)), Printable(SubOption(m.Relay, RelayRemote))
	c.Relay = m.GIAddr
	m.identity(&c)
	switch {
	case m.isRPi(&c):
		c.Archs = announce(c.Archs, boot.ArchRPi)
		return c, FamilyRPi
	case strings.HasPrefix(c.Vendor, "U-Boot"):
		c.Archs = announce(c.Archs, ubootArch(c.Vendor, c.Arch()))
		return c, FamilyUBoot
	case c.Firmware() == boot.FirmwareUBoot:
		return c, FamilyUBoot
	}
	return c, FamilyPXE
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

// MAC is the hardware address. EDK2 can be told to send its GUID in chaddr with hlen 16 (PxeBcDhcp4.c); the address then
// may still stand in option 61 with its hardware type.
func (m *Message) MAC() (mac boot.MAC) {
	switch {
	case m.HLen == 6 && m.HType <= 1, m.HLen == 0:
		copy(mac[:], m.CHAddr[:])
	case len(m.ClientID) == 7 && m.ClientID[0] == 1:
		copy(mac[:], m.ClientID[1:])
	}
	if mac.IsGroup() { // nobody's address: a forgery, or a GUID
		return boot.MAC{}
	}
	return mac
}

// Link is an address on the client's network: the relay's, or the one a relay names that has no address there (RFC 3527).
func (m *Message) Link() netip.Addr {
	if a := optAddr(SubOption(m.Relay, RelayLink)); a.IsValid() {
		return a
	}
	return m.GIAddr
}
