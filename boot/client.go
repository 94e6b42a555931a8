// SPDX-License-Identifier: Apache-2.0

package boot

import "net/netip"

// Stage is how far a machine has come on its way.
type Stage uint8

// The stages of a boot.
const (
	StageROM      Stage = iota // the firmware's own PXE or HTTP stack
	StageIPXE                  // an iPXE that is not ours: a NIC's option ROM, or one that somebody else chained
	StageBootlace              // our iPXE: it needs a script, never another loader
)

// String names the stage.
func (s Stage) String() string { return [...]string{"rom", "ipxe", "bootlace-ipxe"}[s] }

// Class is the first word of DHCP option 60.
type Class uint8

// The classes of netboot clients.
const (
	ClassNone Class = iota
	ClassPXE        // PXEClient
	ClassHTTP       // HTTPClient (UEFI HTTP Boot)
)

// String gives the word on the wire.
func (c Class) String() string { return [...]string{"", "PXEClient", "HTTPClient"}[c] }

// Client is what packets have told about a machine. Every field may be its zero value: not known.
type Client struct {
	MAC      MAC
	UUID     UUID   // never a placeholder
	DUID     string // DHCPv6's name of the client, in its bytes (RFC 8415 section 11)
	Serial   string // SMBIOS serial, or a Raspberry Pi's
	Hostname string
	Archs    []Arch // as sent in option 93, in order
	Class    Class
	Vendor   string // the whole of option 60
	User     string // user class, option 77
	Stage    Stage

	Addr      netip.Addr   // the machine's own address, once it has one
	Interface string       // where its packet came in
	Subnet    netip.Prefix // of that interface, or around the relay
	Relay     netip.Addr   // giaddr
	Circuit   string       // option 82.1, the relay's name of the switch port
	Remote    string       // option 82.2

	Labels map[string]string // from the configuration's own marks, never from packets
}

// Arch is the architecture to decide on: the first registered one that was announced, HTTP and EBC variants reduced to
// the code whose programs run there. Without any it is BIOS, which is what option 93's absence means (RFC 4578 2.1).
func (c Client) Arch() Arch {
	for _, a := range c.Archs {
		if a.Known() {
			return a.Plain()
		}
	}
	if len(c.Archs) > 0 {
		return c.Archs[0]
	}
	return ArchBIOS
}

// Firmware is that of the announced architecture. U-Boot and Raspberry Pi announce others' codes; the vendor class tells.
func (c Client) Firmware() Firmware { return c.Arch().Firmware() }

// Key is what a machine is remembered under: its hardware address; for one that tells none, something made of its DUID or
// UUID that is nobody's address, because its group bit is set. It is zero for a machine that tells nothing of itself.
func (c Client) Key() MAC {
	switch {
	case !c.MAC.IsZero():
		return c.MAC
	case c.DUID != "":
		return madeUp([]byte(c.DUID))
	case !c.UUID.IsZero():
		u := c.UUID.canonical()
		return madeUp(u[:])
	}
	return MAC{}
}

// madeUp hashes by FNV-1a.
func madeUp(id []byte) MAC {
	h := uint64(14695981039346656037)
	for _, b := range id {
		h = (h ^ uint64(b)) * 1099511628211
	}
	return MAC{byte(h>>40) | 1, byte(h >> 32), byte(h >> 24), byte(h >> 16), byte(h >> 8), byte(h)}
}
