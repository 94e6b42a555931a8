// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"net/netip"
	"sync"
	"time"

	"github.com/bootlace-net/bootlace/boot"
)

// neighbourAge is how long a read of the kernel's neighbour table serves: a storm of unknown addresses must not read it
// once for each request, and a machine that asks has just been resolved.
const neighbourAge = 500 * time.Millisecond

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
	book *book
	read func() (map[netip.Addr]boot.MAC, error)
	now  func() time.Time

	mu    sync.Mutex
	table map[netip.Addr]boot.MAC
	at    time.Time
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

func (r *resolver) neighbour(from netip.Addr) (boot.MAC, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if now := r.now(); r.table == nil || now.Sub(r.at) > neighbourAge {
		table, err := r.read()
		if err != nil { // not supported here, or netlink is out of memory: go on without
			table = map[netip.Addr]boot.MAC{}
		}
		r.table, r.at = table, now
	}
	m, ok := r.table[from.Unmap().WithZone("")]
	return m, ok
}

// HardwareAddresses gives a function that says which machine an address belongs to, as the kernel's neighbour table has it: only
// Linux's, and only for machines on networks of our own. Any number of goroutines may call it.
func HardwareAddresses() func(netip.Addr) (boot.MAC, bool) {
	return (&resolver{read: neighbours, now: time.Now}).neighbour
}
