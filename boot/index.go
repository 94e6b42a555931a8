// SPDX-License-Identifier: Apache-2.0

package boot

import (
	"net/netip"
	"slices"
	"strings"
)

// index finds the rules that may be meant for a client without asking all of them. Each rule stands under the values of
// its most decisive exact selector, or among the rest if it has none.
type index struct {
	macs     map[MAC][]*rule
	uuids    map[UUID][]*rule
	texts    map[textKey][]*rule // serial, circuit, remote and host name, lower-case
	relays   map[netip.Addr][]*rule
	subnets  map[netip.Prefix][]*rule
	lengths  [2][]int // prefix lengths in use, for IPv4 and IPv6
	prefixes map[string][]*rule
	digits   []int // lengths of address prefixes in use
	rest     []*rule
}

type textKey struct {
	kind kind
	s    string
}

func newIndex(rules []*rule) *index {
	x := &index{
		macs: make(map[MAC][]*rule, len(rules)), uuids: make(map[UUID][]*rule), texts: make(map[textKey][]*rule),
		relays: make(map[netip.Addr][]*rule), subnets: make(map[netip.Prefix][]*rule), prefixes: make(map[string][]*rule),
	}
	for _, r := range rules {
		x.add(r)
	}
	return x
}

func (x *index) add(r *rule) {
	m := r.match
	switch {
	case len(m.MACs) > 0 && len(m.OUIs) == 0:
		put(x.macs, m.MACs, r)
	case len(m.UUIDs) > 0:
		put(x.uuids, each(m.UUIDs, UUID.canonical), r)
	case x.addText(kindSerial, m.Serials, r), x.addText(kindCircuit, m.Circuits, r),
		x.addText(kindRemote, m.Remotes, r), x.addText(kindHostname, m.Hostnames, r):
	case len(m.OUIs) > 0:
		x.addPrefixes(r)
	case len(m.Relays) > 0:
		put(x.relays, m.Relays, r)
	case len(m.Subnets) > 0:
		x.addSubnets(r)
	default:
		x.rest = append(x.rest, r)
	}
}

func put[K comparable](m map[K][]*rule, keys []K, r *rule) {
	for _, k := range keys {
		if !slices.Contains(m[k], r) {
			m[k] = append(m[k], r)
		}
	}
}

// addText indexes the rule if all its values are exact.
func (x *index) addText(k kind, values []string, r *rule) bool {
	if len(values) == 0 || slices.ContainsFunc(values, func(s string) bool { return strings.Contains(s, "*") }) {
		return false
	}
	for _, s := range values {
		put(x.texts, []textKey{{k, strings.ToLower(s)}}, r)
	}
	return true
}

func (x *index) addPrefixes(r *rule) {
	put(x.macs, r.match.MACs, r)
	put(x.prefixes, r.match.OUIs, r)
	for _, p := range r.match.OUIs {
		x.digits = insert(x.digits, len(p))
	}
}

func (x *index) addSubnets(r *rule) {
	put(x.subnets, r.match.Subnets, r)
	for _, p := range r.match.Subnets {
		f := family(p.Addr())
		x.lengths[f] = insert(x.lengths[f], p.Bits())
	}
}

func insert(set []int, n int) []int {
	if i, found := slices.BinarySearch(set, n); !found {
		return slices.Insert(set, i, n)
	}
	return set
}

func family(a netip.Addr) int {
	if a.Is4() {
		return 0
	}
	return 1
}

// candidates appends to out every rule that may match the client; a rule may come more than once.
func (x *index) candidates(c *Client, out []*rule) []*rule {
	out = append(out, x.macs[c.MAC]...)
	if len(x.uuids) > 0 && !c.UUID.IsZero() {
		out = append(out, x.uuids[c.UUID.canonical()]...)
	}
	if len(x.texts) > 0 {
		out = x.textCandidates(c, out)
	}
	if len(x.digits) > 0 {
		d := c.MAC.digits()
		for _, n := range x.digits {
			out = append(out, x.prefixes[string(d[:n])]...)
		}
	}
	if len(x.relays) > 0 {
		out = append(out, x.relays[c.Relay]...)
	}
	return append(x.subnetCandidates(c, out), x.rest...)
}

func (x *index) textCandidates(c *Client, out []*rule) []*rule {
	for _, key := range [...]textKey{
		{kindSerial, c.Serial}, {kindCircuit, c.Circuit}, {kindRemote, c.Remote}, {kindHostname, c.Hostname},
	} {
		if key.s != "" {
			key.s = strings.ToLower(key.s)
			out = append(out, x.texts[key]...)
		}
	}
	return out
}

func (x *index) subnetCandidates(c *Client, out []*rule) []*rule {
	if len(x.subnets) == 0 {
		return out
	}
	addr := c.place()
	if !addr.IsValid() {
		return out
	}
	for _, n := range x.lengths[family(addr)] {
		if p, err := addr.WithZone("").Prefix(n); err == nil {
			out = append(out, x.subnets[p]...)
		}
	}
	return out
}
