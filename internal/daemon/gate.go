// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"
)

// gateAge is how long the addresses of the interfaces serve before they are read again: an address that was added later
// is picked up without a restart.
const gateAge = 2 * time.Second

// gate knows by which of our addresses machines may ask: those of the interfaces that are served, configured ones, and
// loopback. TFTP and HTTP listen on all addresses so that later ones work; the gate keeps other networks out.
type gate struct {
	interfaces []string // none: every interface
	extra      []netip.Addr
	allow      []netip.Prefix // networks of clients; none: all
	now        func() time.Time

	mu    sync.Mutex
	at    time.Time
	addrs []netip.Addr
}

// admits reports whether a request from remote to local is to be answered.
func (g *gate) admits(local, remote netip.Addr) bool {
	local, remote = local.Unmap().WithZone(""), remote.Unmap().WithZone("")
	if len(g.allow) > 0 && !slices.ContainsFunc(g.allow, func(p netip.Prefix) bool { return p.Contains(remote) }) {
		return false
	}
	return len(g.interfaces) == 0 || local.IsLoopback() || slices.Contains(g.extra, local) || slices.Contains(g.current(), local)
}

// current gives the addresses of the served interfaces.
func (g *gate) current() []netip.Addr {
	g.mu.Lock()
	defer g.mu.Unlock()
	if now := g.now(); g.addrs == nil || now.Sub(g.at) > gateAge {
		g.addrs, g.at = addresses(g.interfaces), now
	}
	return g.addrs
}

// addresses lists what the interfaces have; one that is away has none.
func addresses(interfaces []string) []netip.Addr {
	found := []netip.Addr{}
	for _, name := range interfaces {
		ifi, err := net.InterfaceByName(name)
		if err != nil {
			continue
		}
		addrs, err := ifi.Addrs()
		if err != nil {
			continue
		}
		for _, a := range addrs {
			if p, err := netip.ParsePrefix(a.String()); err == nil {
				found = append(found, p.Addr().Unmap())
			}
		}
	}
	return found
}

// interfaceNames lists the interfaces of this host that are not loopback.
func interfaceNames() []string {
	all, err := net.Interfaces()
	if err != nil {
		return nil
	}
	var names []string
	for _, ifi := range all {
		if ifi.Flags&net.FlagLoopback == 0 {
			names = append(names, ifi.Name)
		}
	}
	return names
}
