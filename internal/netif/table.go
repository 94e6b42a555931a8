// SPDX-License-Identifier: Apache-2.0

package netif

import (
	"net/netip"
	"slices"
)

// Table is the interfaces of a host at one moment.
type Table struct {
	list     []Interface
	byIndex  map[int]*Interface
	networks map[netip.Addr]netip.Prefix // by our address in each
}

// newTable indexes a list, which must not change any more: hosts of containers have a thousand interfaces.
func newTable(list []Interface) *Table {
	t := &Table{list: list, byIndex: make(map[int]*Interface, len(list)), networks: make(map[netip.Addr]netip.Prefix, len(list))}
	for n := range list {
		i := &list[n]
		t.byIndex[i.Index] = i
		for _, p := range i.Prefixes {
			if _, twice := t.networks[p.Addr()]; !twice {
				t.networks[p.Addr()] = p.Masked()
			}
		}
	}
	return t
}

// named finds an interface by its name.
func (t *Table) named(name string) bool {
	return slices.ContainsFunc(t.list, func(i Interface) bool { return i.Name == name })
}

// Names lists the interfaces that are not loopback.
func (t *Table) Names() []string {
	var names []string
	for _, i := range t.list {
		if !i.Loopback {
			names = append(names, i.Name)
		}
	}
	return names
}
