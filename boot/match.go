// SPDX-License-Identifier: Apache-2.0

package boot

import (
	"net/netip"
	"strings"
)

// Match selects machines. Kinds of selectors that are given must all hold; within a kind one of the values must.
// A Match without any selector matches every machine. [Selectors] says what each of them means.
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

// String lists the selectors in the order in which they decide.
func (m *Match) String() string { return text(selectors(Selectors()).given(m), m) }

// labelled reports whether all labels that are wanted are there.
func labelled(want, have map[string]string) bool {
	for key, w := range want {
		if h, ok := have[key]; !ok || !glob(w, h) {
			return false
		}
	}
	return true
}

// globKnown is glob for a fact, which fits nothing when it is not known.
func globKnown(pattern, s string) bool {
	return s != "" && (strings.EqualFold(pattern, s) || strings.Contains(pattern, "*") && glob(pattern, s))
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
