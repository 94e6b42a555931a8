// SPDX-License-Identifier: Apache-2.0

package boot

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
)

// Selectors is the table of all selectors, the most decisive first: what names one machine stands above what names a place, and that
// above what names a sort of machine.
func Selectors() []*Selector {
	return []*Selector{
		macSelector(),
		uuidSelector(),
		serialSelector(),
		circuitSelector(),
		remoteSelector(),
		hostnameSelector(),
		macPrefixSelector(),
		labelSelector(), // somebody wrote them down, machine by machine
		relaySelector(),
		subnetSelector(),
		interfaceSelector(),
		vendorSelector(),
		archSelector(),
		firmwareSelector(), // an architecture implies its firmware
		knownSelector(),
	}
}

const (
	addressPattern = `^[0-9a-fA-F:.]+(/[0-9]+)?$`
	manyMachines   = "there are few values, and each is of many machines"
)

func uuidSelector() *Selector {
	s := list[UUID]{
		of:   func(m *Match) *[]UUID { return &m.UUIDs },
		fits: func(u UUID, c *Client) bool { return u == c.UUID || u == c.UUID.Swapped() },
		meet: func(x, y UUID) bool { return x == y || x == y.Swapped() },
		show: UUID.String,
		make: func(u UUID, c *Client) { c.UUID = u },
	}.selector("uuid", parseMachineUUID)
	s.Doc = "System UUIDs, in either of the two byte orders that firmware and tools show."
	s.Form = Form{What: "a UUID", Example: "4c4c4544-0032-4610-8053-b7c04f4d5031",
		Pattern: `^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$`}
	s.names = func(*Match) bool { return true }
	s.find = exactly(func(m *Match) []UUID { return each(m.UUIDs, UUID.canonical) },
		func(c *Client) (UUID, bool) { return c.UUID.canonical(), !c.UUID.IsZero() })
	return s
}

func serialSelector() *Selector {
	s := textSelector("serial", func(m *Match) *[]string { return &m.Serials }, func(c *Client) *string { return &c.Serial })
	s.Doc = "Serial numbers: SMBIOS, or a Raspberry Pi's. Here and below * stands for any text, and case does not matter."
	s.names = func(m *Match) bool { return !slices.ContainsFunc(m.Serials, hasStar) }
	return s
}

func circuitSelector() *Selector {
	s := textSelector("circuit", func(m *Match) *[]string { return &m.Circuits }, func(c *Client) *string { return &c.Circuit })
	s.Doc = "Switch ports as the relay names them (option 82.1). With relay: the machine in this port."
	return s
}

func remoteSelector() *Selector {
	s := textSelector("remote", func(m *Match) *[]string { return &m.Remotes }, func(c *Client) *string { return &c.Remote })
	s.Doc = "The relay's name for the other end (option 82.2)."
	return s
}

func hostnameSelector() *Selector {
	s := textSelector("hostname", func(m *Match) *[]string { return &m.Hostnames }, func(c *Client) *string { return &c.Hostname })
	s.Doc = "Host names that the machine sends in DHCP (option 12)."
	return s
}

func interfaceSelector() *Selector {
	s := textSelector("interface", func(m *Match) *[]string { return &m.Interfaces }, func(c *Client) *string { return &c.Interface })
	s.Doc = "Our network interfaces that the packet came in on."
	s.find, s.scanned = nil, manyMachines
	return s
}

func relaySelector() *Selector {
	s := list[netip.Addr]{
		of:   func(m *Match) *[]netip.Addr { return &m.Relays },
		fits: func(a netip.Addr, c *Client) bool { return a == c.Relay },
		meet: func(x, y netip.Addr) bool { return x == y },
		show: netip.Addr.String,
		make: func(a netip.Addr, c *Client) { c.Relay = a },
	}.selector("relay", parseRelay)
	s.Doc = "Addresses of the DHCP relay (giaddr)."
	s.Form = Form{What: "an address", Example: "10.9.0.1", Pattern: addressPattern}
	s.find = exactly(func(m *Match) []netip.Addr { return m.Relays },
		func(c *Client) (netip.Addr, bool) { return c.Relay, c.Relay.IsValid() })
	return s
}

func vendorSelector() *Selector {
	s := list[string]{
		of:   func(m *Match) *[]string { return &m.Vendors },
		fits: func(p string, c *Client) bool { return strings.HasPrefix(c.Vendor, p) },
		meet: func(x, y string) bool { return strings.HasPrefix(x, y) || strings.HasPrefix(y, x) },
		show: asItIs,
		bits: textBits,
		make: func(p string, c *Client) { c.Vendor = p },
	}.selector("vendor", parseVendor)
	s.Doc = "Beginnings of the vendor class (option 60), such as PXEClient:Arch:00007."
	s.Form = Form{What: "text", Example: "PXEClient"}
	s.scanned = manyMachines
	return s
}

func archSelector() *Selector {
	s := list[Arch]{
		of:   func(m *Match) *[]Arch { return &m.Archs },
		fits: func(a Arch, c *Client) bool { return a == c.Arch() },
		meet: func(x, y Arch) bool { return x == y },
		show: Arch.String,
	}.selector("arch", ParseArch)
	s.Doc = "Architectures that firmware announces: bios, uefi-x64, uefi-arm64, … or IANA numbers; or instruction sets (x86_64, arm64) for all of theirs."
	s.Form = Form{What: "an architecture", Example: "uefi-arm64", Pattern: `^[a-z0-9_-]+$`, MaxNumber: 1<<16 - 1}
	s.parse = addArchs
	s.example = exampleArch
	s.scanned = manyMachines
	return s
}

func firmwareSelector() *Selector {
	s := list[Firmware]{
		of:   func(m *Match) *[]Firmware { return &m.Firmware },
		fits: func(f Firmware, c *Client) bool { return f == c.Firmware() },
		show: Firmware.String,
	}.selector("firmware", parseFirmwareWord)
	s.Doc = "Kinds of firmware: bios, uefi, uboot, rpi, other."
	s.Form = Form{What: "a firmware kind", Example: "uefi", Words: FirmwareNames()}
	s.meet = firmwareMeets
	s.example = exampleArch
	s.scanned = manyMachines
	return s
}

func subnetSelector() *Selector {
	s := list[netip.Prefix]{
		of:   func(m *Match) *[]netip.Prefix { return &m.Subnets },
		fits: func(p netip.Prefix, c *Client) bool { return p.Contains(c.place()) },
		meet: netip.Prefix.Overlaps,
		show: netip.Prefix.String,
		make: func(p netip.Prefix, c *Client) { c.Addr = firstHost(p) },
	}.selector("subnet", ParseNetwork)
	s.Doc = "Networks. The machine's own address counts; before it has one, the relay's or that of the interface its packet came in on."
	s.Form = Form{What: "a network", Example: "10.0.7.0/24", Pattern: addressPattern}
	s.width = func(m *Match) (float64, bool) { return widthOf(outermost(m.Subnets), subnetBits), len(m.Subnets) > 0 }
	s.find = nested(func(m *Match) []netip.Prefix { return m.Subnets }, netip.Prefix.Bits,
		func(c *Client, bits int) (netip.Prefix, bool) {
			p, err := c.place().WithZone("").Prefix(bits)
			return p, err == nil && p.IsValid()
		})
	return s
}

func labelSelector() *Selector {
	return &Selector{
		Key: "labels", Name: "labels", Doc: "Groups only: marks that hosts and other groups give. All must be there.",
		Form:    Form{What: "a mapping"},
		whole:   func(m *Match) any { return &m.Labels },
		given:   func(m *Match) bool { return len(m.Labels) > 0 },
		matches: func(m *Match, c *Client, _ bool) bool { return labelled(m.Labels, c.Labels) },
		width:   func(m *Match) (float64, bool) { return labelsWidth(m.Labels), len(m.Labels) > 0 },
		meet:    func(a, b *Match) bool { return labelsMeet(a.Labels, b.Labels) },
		text: func(m *Match) string {
			return strings.Join(each(slices.Sorted(maps.Keys(m.Labels)), func(key string) string { return "label " + key + "=" + m.Labels[key] }), ", ")
		},
		scanned:     "they are known only when hosts and groups have been found",
		notForHosts: "labels are what a host gives, and groups match",
	}
}

func knownSelector() *Selector {
	return &Selector{
		Key: "known", Name: "known", Doc: "Groups only: true for machines that a host names, false for all others.",
		Form:        Form{What: "true or false"},
		whole:       func(m *Match) any { return &m.Known },
		given:       func(m *Match) bool { return m.Known != nil },
		matches:     func(m *Match, _ *Client, known bool) bool { return *m.Known == known },
		width:       func(m *Match) (float64, bool) { return 1, m.Known != nil },
		meet:        func(a, b *Match) bool { return a.Known == nil || b.Known == nil || *a.Known == *b.Known },
		text:        func(m *Match) string { return fmt.Sprintf("known %t", *m.Known) },
		scanned:     "it has two values",
		notForHosts: "known is for groups",
	}
}
