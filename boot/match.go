// SPDX-License-Identifier: Apache-2.0

package boot

import (
	"net/netip"
	"slices"
	"strings"
)

// Match selects machines. Kinds of selectors that are given must all hold; within a kind one of the values must.
// A Match without any selector matches every machine.
type Match struct {
	MACs       []MAC
	OUIs       []string // beginnings of an address in bare lower-case digits: 525400 for 52:54:00:*; one kind with MACs
	UUIDs      []UUID
	Serials    []string // these and the next ones compare without case; '*' stands for any text
	Hostnames  []string
	Archs      []Arch // plain ones
	Firmware   []Firmware
	Vendors    []string // prefixes of the vendor class
	Subnets    []netip.Prefix
	Relays     []netip.Addr
	Circuits   []string
	Remotes    []string
	Interfaces []string
	Labels     map[string]string
	Known      *bool // groups only: whether a host of the configuration is meant
}

// matches reports whether every selector holds for the client; known says that a host was found for it.
func (m *Match) matches(c *Client, known bool) bool {
	return m.matchesIdentity(c) && m.matchesPlace(c) && m.matchesKind(c) && m.matchesLabels(c.Labels) &&
		(m.Known == nil || *m.Known == known)
}

func (m *Match) matchesIdentity(c *Client) bool {
	if len(m.MACs)+len(m.OUIs) > 0 && !slices.Contains(m.MACs, c.MAC) && !c.MAC.hasPrefix(m.OUIs) {
		return false
	}
	if len(m.UUIDs) > 0 && !slices.Contains(m.UUIDs, c.UUID) && !slices.Contains(m.UUIDs, c.UUID.Swapped()) {
		return false
	}
	return matchText(m.Serials, c.Serial) && matchText(m.Hostnames, c.Hostname)
}

func (m *Match) matchesPlace(c *Client) bool {
	if len(m.Relays) > 0 && !slices.Contains(m.Relays, c.Relay) {
		return false
	}
	return m.matchesSubnet(c) && matchText(m.Circuits, c.Circuit) && matchText(m.Remotes, c.Remote) &&
		matchText(m.Interfaces, c.Interface)
}

// matchesSubnet takes the machine's own address where it is known. Before it has one, the relay or the network its packet
// came in from must lie inside the subnet.
func (m *Match) matchesSubnet(c *Client) bool {
	if len(m.Subnets) == 0 {
		return true
	}
	addr := c.place()
	return addr.IsValid() && slices.ContainsFunc(m.Subnets, func(p netip.Prefix) bool { return p.Contains(addr) })
}

func (m *Match) matchesKind(c *Client) bool {
	if len(m.Archs) > 0 && !slices.Contains(m.Archs, c.Arch()) {
		return false
	}
	if len(m.Firmware) > 0 && !slices.Contains(m.Firmware, c.Firmware()) {
		return false
	}
	return len(m.Vendors) == 0 ||
		slices.ContainsFunc(m.Vendors, func(p string) bool { return strings.HasPrefix(c.Vendor, p) })
}

func (m *Match) matchesLabels(have map[string]string) bool {
	for key, want := range m.Labels {
		if got, ok := have[key]; !ok || !glob(want, got) {
			return false
		}
	}
	return true
}

// matchText reports whether there is no pattern or one of them fits. A value that is not known fits none.
func matchText(patterns []string, s string) bool {
	if len(patterns) == 0 {
		return true
	}
	return s != "" && slices.ContainsFunc(patterns, func(p string) bool {
		return strings.EqualFold(p, s) || strings.Contains(p, "*") && glob(p, s)
	})
}

// glob compares without case; '*' stands for any text, also none. It takes the leftmost place for each piece, which needs
// no second try: patterns come from the configuration, but s may come from a packet.
func glob(pattern, s string) bool {
	pieces := strings.Split(pattern, "*")
	last := len(pieces) - 1
	if last == 0 {
		return strings.EqualFold(pattern, s)
	}
	head, tail := pieces[0], pieces[last]
	if len(s) < len(head)+len(tail) || !strings.EqualFold(s[:len(head)], head) || !strings.EqualFold(s[len(s)-len(tail):], tail) {
		return false
	}
	s = s[len(head) : len(s)-len(tail)]
	for _, piece := range pieces[1:last] {
		at := indexFold(s, piece)
		if at < 0 {
			return false
		}
		s = s[at+len(piece):]
	}
	return true
}

func indexFold(s, piece string) int {
	for i := 0; i+len(piece) <= len(s); i++ {
		if strings.EqualFold(s[i:i+len(piece)], piece) {
			return i
		}
	}
	return -1
}

// place is the best address known for where a machine stands; invalid if nothing is.
func (c *Client) place() netip.Addr {
	switch {
	case c.Addr.IsValid():
		return c.Addr.Unmap()
	case c.Relay.IsValid():
		return c.Relay.Unmap()
	case c.Subnet.IsValid():
		return c.Subnet.Addr().Unmap()
	}
	return netip.Addr{}
}

func (m MAC) hasPrefix(prefixes []string) bool {
	if len(prefixes) == 0 {
		return false
	}
	digits := m.digits()
	return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(string(digits[:]), p) })
}
