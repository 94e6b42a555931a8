// SPDX-License-Identifier: Apache-2.0

package boot

import (
	"net/netip"
	"slices"
)

// Example makes up a machine that the Match selects, out of the first value of each kind. Only labels, which no machine
// has of its own, are left out.
func (m *Match) Example() Client { return selectors(Selectors()).example(m) }

// Example is [Match.Example] for those who ask for thousands: making the table of selectors costs more than the rest.
func (c *Catalog) Example(m *Match) Client { return c.selectors.example(m) }

func (all selectors) example(m *Match) (c Client) {
	for _, s := range all {
		if s.example != nil && !s.degree() && s.given(m) {
			s.example(m, &c)
		}
	}
	return c
}

// exampleArch looks at architectures and kinds of firmware together.
func exampleArch(m *Match, c *Client) {
	for a := range Arch(archCount) {
		if a == a.Plain() && m.fits(a) {
			c.Archs = []Arch{a}
			return
		}
	}
}

// fits reports whether a machine of the architecture may be selected.
func (m *Match) fits(a Arch) bool {
	return (len(m.Archs) == 0 || slices.Contains(m.Archs, a)) && (len(m.Firmware) == 0 || slices.Contains(m.Firmware, a.Firmware()))
}

// firstHost is the first address of a network that a machine may have.
func firstHost(p netip.Prefix) netip.Addr {
	if p.IsSingleIP() {
		return p.Addr()
	}
	return p.Addr().Next()
}
