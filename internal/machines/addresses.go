// SPDX-License-Identifier: Apache-2.0

package machines

import (
	"net/netip"
	"slices"
	"time"

	"github.com/bootlace-net/bootlace/boot"
)

// mostAddresses is how many of one machine are remembered: of both families, the last and the one before.
const mostAddresses = 4

// lease is who was last seen with an address.
type lease struct {
	addr  netip.Addr
	owner *machine
	at    time.Time
}

// At gives the machine that was last seen to take an address.
func (m *Memory) At(a netip.Addr) (boot.Client, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	l, ok := m.addrs[a.Unmap().WithZone("")]
	if !ok || m.now().Sub(l.at) >= m.keep {
		return boot.Client{}, false
	}
	m.known.Get(l.owner.key) // it is heard of
	return l.owner.facts.client(), true
}

// hold ties an address to a machine. The lock is held.
func (m *Memory) hold(r *machine, a netip.Addr) { m.holdSince(r, a, m.now()) }

// holdSince is for one that it was seen to have some time ago. That it still has it is written down now and then.
func (m *Memory) holdSince(r *machine, a netip.Addr, at time.Time) {
	if a = a.Unmap().WithZone(""); !a.IsValid() || a.IsUnspecified() {
		return
	}
	last := len(r.addrs) - 1
	if last < 0 || r.addrs[last].addr != a || r.addrs[last].owner != r {
		r.take(m.lease(a), m)
		last = len(r.addrs) - 1
	}
	l := r.addrs[last]
	if l.owner != r || at.Sub(l.at) > m.keep/8 {
		m.behind.changed(r)
	}
	if l.owner != nil && l.owner != r {
		m.behind.changed(l.owner)
	}
	l.owner, l.at = r, at
}

// lease finds or makes the lease of an address. The lock is held.
func (m *Memory) lease(a netip.Addr) *lease {
	l := m.addrs[a]
	if l == nil {
		l = &lease{addr: a}
		m.addrs[a] = l
	}
	return l
}

// take makes a lease the newest of a machine, and lets go of the oldest where there are too many.
func (r *machine) take(l *lease, m *Memory) {
	if i := slices.Index(r.addrs, l); i >= 0 {
		r.addrs = slices.Delete(r.addrs, i, i+1)
	}
	if len(r.addrs) == mostAddresses {
		m.release(r, r.addrs[0])
		r.addrs = slices.Delete(r.addrs, 0, 1)
	}
	r.addrs = append(r.addrs, l)
}

// release forgets an address, unless it is another's by now. The lock is held.
func (m *Memory) release(r *machine, l *lease) {
	if l.owner == r {
		delete(m.addrs, l.addr)
	}
}
