// SPDX-License-Identifier: Apache-2.0

package netif

import (
	"net/netip"
	"slices"
)

// Serves reports whether an interface is to be answered on.
func (h *Host) Serves(i *Interface) bool {
	if len(h.Served) > 0 {
		return slices.Contains(h.Served, i.Name)
	}
	return i.Up && !i.Loopback && i.HasIPv4()
}

// Serving reads the interfaces now and gives those that are served.
func (h *Host) Serving() ([]Interface, error) {
	t, err := h.read()
	if err != nil {
		return nil, err
	}
	h.table.put(h.now(), t)
	return slices.DeleteFunc(slices.Clone(t.list), func(i Interface) bool { return !h.Serves(&i) }), nil
}

// Admits reports whether machines may ask at one of our addresses: TFTP and HTTP listen on all of them, so that later ones
// work, and this keeps out those of interfaces that are not served.
func (h *Host) Admits(local netip.Addr) bool {
	local = local.Unmap().WithZone("")
	if len(h.Served) == 0 || local.IsLoopback() || slices.Contains(h.Addresses, local) {
		return true
	}
	admits := func(t *Table) bool {
		return slices.ContainsFunc(t.list, func(i Interface) bool { return h.Serves(&i) && i.has(local) })
	}
	return admits(h.answering(admits))
}
