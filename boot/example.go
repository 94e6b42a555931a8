// SPDX-License-Identifier: Apache-2.0

package boot

import (
	"net/netip"
	"slices"
	"strings"
)

// Example makes up a machine that the Match selects, out of the first value of each kind. Only labels, which no machine
// has of its own, are left out.
func (m *Match) Example() Client {
	c := Client{
		MAC: first(m.MACs), UUID: first(m.UUIDs), Vendor: first(m.Vendors), Relay: first(m.Relays),
		Serial: starless(m.Serials), Hostname: starless(m.Hostnames), Circuit: starless(m.Circuits),
		Remote: starless(m.Remotes), Interface: starless(m.Interfaces),
	}
	if len(m.MACs) == 0 && len(m.OUIs) > 0 {
		prefix := m.OUIs[0]
		c.MAC, _ = ParseMAC(prefix + "000000000001"[len(prefix):]) // prefixes are digits
	}
	if len(m.Subnets) > 0 {
		c.Addr = firstHost(m.Subnets[0])
	}
	for a := range Arch(archCount) {
		if a == a.Plain() && m.fits(a) && len(m.Archs)+len(m.Firmware) > 0 {
			c.Archs = []Arch{a}
			break
		}
	}
	return c
}

// fits reports whether a machine of the architecture may be selected.
func (m *Match) fits(a Arch) bool {
	return (len(m.Archs) == 0 || slices.Contains(m.Archs, a)) && (len(m.Firmware) == 0 || slices.Contains(m.Firmware, a.Firmware()))
}

func first[T any](values []T) (zero T) {
	if len(values) == 0 {
		return zero
	}
	return values[0]
}

func starless(patterns []string) string { return strings.ReplaceAll(first(patterns), "*", "") }

// firstHost is the first address of a network that a machine may have.
func firstHost(p netip.Prefix) netip.Addr {
	if p.IsSingleIP() {
		return p.Addr()
	}
	return p.Addr().Next()
}
