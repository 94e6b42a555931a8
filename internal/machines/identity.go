// SPDX-License-Identifier: Apache-2.0

package machines

import (
	"maps"
	"slices"

	"github.com/bootlace-net/bootlace/boot"
)

// identify gives the key of the machine behind a packet. A DUID ties DHCPv6's packets together: the one on port 4011
// comes from a global address, which need not hold the hardware address that the first one's link-local address did.
// The lock is held.
func (m *Memory) identify(c *boot.Client) boot.MAC {
	if !c.MAC.IsZero() || c.DUID == "" {
		return c.Key()
	}
	key, known := m.duids[c.DUID]
	if !known {
		return c.Key()
	}
	if r, ok := m.known.Peek(key); ok {
		c.MAC = r.facts.mac
	}
	return key
}

// adopt ties the packet's DUID to the machine. A DUID is the machine's, not the card's: of two cards with the same, the
// one heard last has it. What was known under the DUID alone, before the machine told its hardware address, passes to it.
// The lock is held.
func (m *Memory) adopt(key boot.MAC, r *machine, c *boot.Client) {
	if c.DUID == "" || m.duids[c.DUID] == key && r.facts.duid() == c.DUID {
		return
	}
	if old := r.facts.duid(); old != "" && old != c.DUID && m.duids[old] == key {
		delete(m.duids, old)
	}
	before, known := m.duids[c.DUID]
	m.duids[c.DUID] = key
	if !known || before == key || !before.IsGroup() {
		return
	}
	if b, ok := m.known.Peek(before); ok {
		m.inherit(r, b)
		m.known.Remove(before)
		m.evicted-- // it is not forgotten
	}
}

// inherit moves what is known of a machine without a hardware address to r. The lock is held.
func (m *Memory) inherit(r, before *machine) {
	both := merge(before.facts.client(), r.facts.client())
	r.facts = m.shared.facts(&both)
	m.behind.changed(r)
	if said := m.inventories[before.key]; said != nil && m.inventories[r.key] == nil {
		m.inventories[r.key] = said
	}
	if m.history(&r.past) == (boot.History{}) {
		r.past = before.past
	}
	for _, l := range before.addrs {
		if l.owner == before {
			l.owner = r
			r.take(l, m)
		}
	}
	m.story.move(before, r)
	before.addrs, before.facts.more = nil, nil // the DUID is the other's by now
}

// merge lays what a packet tells over what is known. Stage, class, vendor and user class are together those of the program
// that sent it; a server's packet about the machine has none of them.
func merge(known, c boot.Client) boot.Client {
	if c.Stage == boot.StageROM && c.Class == boot.ClassNone && c.Vendor == "" && c.User == "" {
		c.Stage, c.Class, c.Vendor, c.User = known.Stage, known.Class, known.Vendor, known.User
	}
	if c.MAC.IsZero() {
		c.MAC = known.MAC
	}
	if c.UUID.IsZero() {
		c.UUID = known.UUID
	}
	if c.DUID == "" {
		c.DUID = known.DUID
	}
	if c.Serial == "" {
		c.Serial = known.Serial
	}
	if c.Hostname == "" {
		c.Hostname = known.Hostname
	}
	if len(c.Archs) == 0 {
		c.Archs = known.Archs
	}
	mergePlace(&known, &c)
	if !c.Addr.IsValid() {
		c.Addr = known.Addr
	}
	return c
}

// sameFacts reports whether two packets tell the same.
func sameFacts(a, b *boot.Client) bool {
	return a.MAC == b.MAC && a.UUID == b.UUID && a.DUID == b.DUID && a.Serial == b.Serial && a.Hostname == b.Hostname &&
		slices.Equal(a.Archs, b.Archs) && a.Class == b.Class && a.Vendor == b.Vendor && a.User == b.User && a.Stage == b.Stage &&
		a.Addr == b.Addr && a.Interface == b.Interface && a.Subnet == b.Subnet && a.Relay == b.Relay && a.Circuit == b.Circuit &&
		a.Remote == b.Remote && maps.Equal(a.Labels, b.Labels)
}

// mergePlace decides where the machine is. A packet that came through a relay tells all of it. One that did not may still
// be of a machine behind a relay, if its address is none of the network it came in by: then that network is only the way.
func mergePlace(known, c *boot.Client) {
	switch routed := c.Addr.IsValid() && !c.Subnet.Contains(c.Addr.Unmap()); {
	case c.Relay.IsValid() && c.Subnet.IsValid():
	case c.Relay.IsValid():
		c.Subnet, c.Interface = known.Subnet, known.Interface
	case !c.Subnet.IsValid(), routed && known.Relay.IsValid():
		c.Subnet, c.Interface = known.Subnet, known.Interface
		c.Relay, c.Circuit, c.Remote = known.Relay, known.Circuit, known.Remote
	}
}
