// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"net/netip"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/netif"
)

// How a machine was recognised, for the log.
const (
	byName      = "name"      // the machine prefix of the name
	bySearch    = "search"    // the key of a loader's search
	byDHCP      = "dhcp"      // the address, as DHCP was seen to give it
	byNeighbour = "neighbour" // the address, as the kernel's table says
	byAddress   = "address"   // the address, although the name tells of another NIC
	byNothing   = "nothing"
)

// resolver finds out which machine asks for a name. In this order: the machine prefix of the name, the key a loader's
// search put into it, what DHCP was seen to say of the address, the kernel's neighbour table.
type resolver struct {
	book      *book
	neighbour func(netip.Addr) (netif.MAC, bool) // of this host
}

// identify gives what is known of the machine behind a request. by says how it was recognised, for the log.
func (r *resolver) identify(n boot.Name, from netip.Addr) (c boot.Client, by string) {
	mac, by := r.mac(n, from)
	c, _ = r.book.byMAC(mac)
	c.MAC, c.Addr = mac, from.Unmap()
	if c.UUID.IsZero() {
		c.UUID = n.By.UUID
	}
	return c, by
}

func (r *resolver) mac(n boot.Name, from netip.Addr) (boot.MAC, string) {
	switch {
	case !n.Machine.IsZero():
		return n.Machine, byName
	case !n.By.MAC.IsZero():
		return n.By.MAC, bySearch
	}
	if m, ok := r.book.byAddr(from); ok {
		return m, byDHCP
	}
	if m, ok := r.neighbour(from); ok {
		return m, byNeighbour
	}
	return boot.MAC{}, byNothing
}

// byAddress looks only at the address: when the name tells of a machine nobody knows, its address may still be one.
func (r *resolver) byAddress(from netip.Addr) (boot.Client, bool) {
	mac, by := r.mac(boot.Name{}, from)
	c, _ := r.book.byMAC(mac)
	c.MAC, c.Addr = mac, from.Unmap()
	return c, by != byNothing
}
