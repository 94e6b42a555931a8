// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"
)

// publicity knows under which of our addresses machines reach us: server.addresses are for virtual addresses and for NAT,
// where the one that a packet came to is not it. DHCP answers choose by the same rules.
type publicity struct {
	addrs    []netip.Addr                   // configured; none: what was asked
	prefixes func() ([]netip.Prefix, error) // what our interfaces have
	now      func() time.Time

	mu   sync.Mutex
	at   time.Time
	have []netip.Prefix
}

// of gives the address for a machine at remote that asked local: local, if it is a configured one; else the configured one
// in local's network; else, for a machine of another network, the first of its family.
func (p *publicity) of(local, remote netip.Addr) netip.Addr {
	if len(p.addrs) == 0 || slices.Contains(p.addrs, local) || local.IsLoopback() {
		return local
	}
	network := p.network(local)
	for _, a := range p.addrs {
		if network.Contains(a) {
			return a
		}
	}
	if network.Contains(remote) {
		return local
	}
	for _, a := range p.addrs {
		if a.Is4() == local.Is4() {
			return a
		}
	}
	return local
}

// network gives the network of one of our addresses, or only the address itself.
func (p *publicity) network(local netip.Addr) netip.Prefix {
	p.mu.Lock()
	defer p.mu.Unlock()
	if now := p.now(); p.have == nil || now.Sub(p.at) > gateAge {
		if have, err := p.prefixes(); err == nil { // else what was known goes on
			p.have = have
		}
		p.at = now
	}
	for _, n := range p.have {
		if n.Addr() == local.WithZone("") {
			return n.Masked()
		}
	}
	return netip.PrefixFrom(local.WithZone(""), local.BitLen())
}

// prefixes lists our addresses with their networks.
func prefixes() ([]netip.Prefix, error) {
	addrs, err := net.InterfaceAddrs()
	found := make([]netip.Prefix, 0, len(addrs))
	for _, a := range addrs {
		if n, err := netip.ParsePrefix(a.String()); err == nil {
			found = append(found, n)
		}
	}
	return found, err
}
