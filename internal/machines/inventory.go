// SPDX-License-Identifier: Apache-2.0

package machines

import (
	"net/netip"
	"time"

	"github.com/bootlace-net/bootlace/boot"
)

// bootTime is how long after its firmware or loader asked DHCP for something to boot a machine is taken to be booting. Spanning tree
// and slow loaders are in it; what an installed system says is not.
const bootTime = 10 * time.Minute

// Inventoried gives what the loader of a machine last said of it; nil: nothing. Nobody must change it.
func (m *Memory) Inventoried(key boot.MAC) *boot.Inventory {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.inventories[key]
}

// Claim is who a machine says that it is; zero: it does not, or nothing is to be made of it.
type Claim struct {
	UUID   boot.UUID
	Serial string
}

// Inventory keeps what the loader of a known machine said of it, and reports whether it is taken for what it claims to be. That has
// two conditions, so that nobody else can say who a machine is: it came from the address that DHCP was seen to give it, which
// cannot be had from elsewhere, and it asked DHCP a short time ago to boot, which takes its firmware, or root. Even so a claim only
// fills in what no packet has said.
func (m *Memory) Inventory(key boot.MAC, r boot.Inventory, from netip.Addr, c Claim) (taken bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	known, ok := m.known.Get(key)
	if !ok {
		return false
	}
	m.inventories[key] = &r
	m.behind.changed(known)
	l := m.addrs[from.Unmap().WithZone("")]
	if l == nil || l.owner != known || m.now().Sub(time.Unix(known.booting, 0)) > bootTime {
		return false
	}
	said := known.facts.client()
	if said.UUID.IsZero() && !c.UUID.IsZero() && !c.UUID.Placeholder() {
		said.UUID, taken = c.UUID, true
	}
	if said.Serial == "" && c.Serial != "" {
		said.Serial, taken = c.Serial, true
	}
	known.facts = m.shared.facts(&said)
	return taken
}
