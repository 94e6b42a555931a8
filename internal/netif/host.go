// SPDX-License-Identifier: Apache-2.0

package netif

import (
	"net/netip"
	"slices"
	"time"
)

// Host is this host as far as it serves. Its exported fields are set before the first question; the zero value serves on
// every interface. Any number of goroutines may ask.
type Host struct {
	Served    []string     // names of the interfaces to serve; none: all that are up, have an IPv4 address and are not loopback
	Addresses []netip.Addr // under which machines reach us, where that is not the interface's own: virtual ones, and those of a NAT

	// What the system says; nil asks it.
	Interfaces func() ([]Interface, error)
	Neighbours func() (map[netip.Addr]MAC, error)
	Owner      func(network string, port uint16) string // as PortOwner
	Now        func() time.Time

	table      cache[*Table]
	neighbours cache[map[netip.Addr]MAC]
}

// MAC is the hardware address of an Ethernet card.
type MAC = [6]byte

func (h *Host) now() time.Time {
	if h.Now != nil {
		return h.Now()
	}
	return time.Now()
}

// read asks the system for a new table. With an error it is empty.
func (h *Host) read() (*Table, error) {
	list := h.Interfaces
	if list == nil {
		list = Interfaces
	}
	all, err := list()
	return newTable(all), err
}

// answering gives a table that has the answer, if there is one.
func (h *Host) answering(has func(*Table) bool) *Table { return h.table.get(h.now(), h.read, has) }

// Table gives the interfaces as they are now, or were at most Age ago.
func (h *Host) Table() *Table { return h.answering(func(*Table) bool { return true }) }

// Interface finds an interface by its index; 0 takes the first one that is served, for systems that do not tell.
func (h *Host) Interface(index int) (Interface, bool) {
	found := func(t *Table) *Interface {
		if index != 0 {
			return t.byIndex[index]
		}
		if n := slices.IndexFunc(t.list, func(i Interface) bool { return h.Serves(&i) }); n >= 0 {
			return &t.list[n]
		}
		return nil
	}
	if i := found(h.answering(func(t *Table) bool { return found(t) != nil })); i != nil {
		return *i, true
	}
	return Interface{}, false
}

// MTU is that of an interface; 0 where it is not known.
func (h *Host) MTU(index int) int {
	if index == 0 {
		return 0
	}
	i, _ := h.Interface(index)
	return i.MTU
}

// Owns reports whether an address is one of this host's, or one of those that it is reached under.
func (h *Host) Owns(a netip.Addr) bool {
	_, ok := h.Table().networks[a]
	return ok || slices.Contains(h.Addresses, a)
}

// network gives the network of one of our addresses, or only the address itself.
func (h *Host) network(local netip.Addr) netip.Prefix {
	local = local.WithZone("")
	has := func(t *Table) bool { _, ok := t.networks[local]; return ok }
	if n, ok := h.answering(has).networks[local]; ok {
		return n
	}
	return netip.PrefixFrom(local, local.BitLen())
}

// PortOwner follows the function of this name, for this host.
func (h *Host) PortOwner(network string, port uint16) string {
	if h.Owner != nil {
		return h.Owner(network, port)
	}
	return PortOwner(network, port)
}

// Neighbour says which machine on a network of ours an address belongs to, as the kernel's table has it.
func (h *Host) Neighbour(a netip.Addr) (MAC, bool) {
	a = a.Unmap().WithZone("")
	read := h.Neighbours
	if read == nil {
		read = neighbours
	}
	mac, ok := h.neighbours.get(h.now(), read, func(t map[netip.Addr]MAC) bool { _, ok := t[a]; return ok })[a]
	return mac, ok
}
