// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"
)

// NIC is a network interface as far as answering needs it.
type NIC struct {
	Index    int
	Name     string
	MAC      net.HardwareAddr
	Loopback bool
	Up       bool
	Prefixes []netip.Prefix // its addresses with their masks, IPv4 and IPv6
}

// nicAge is how long the list of interfaces is believed. One that appears later, or changes its address, is answered on
// after this time at the latest, without a restart.
const nicAge = 2 * time.Second

// nicTable knows the interfaces. A packet from an interface that is not on the list has it read again, at most every tenth
// of nicAge.
type nicTable struct {
	list      func() ([]NIC, error)
	served    []string     // names; none: all with an IPv4 address but loopback
	addresses []netip.Addr // to be preferred

	mu   sync.Mutex
	nics []NIC
	at   time.Time
}

// SystemNICs lists the interfaces of this host.
func SystemNICs() ([]NIC, error) {
	all, err := net.Interfaces()
	if err != nil {
		return nil, err
	}
	nics := make([]NIC, 0, len(all))
	for _, i := range all {
		n := NIC{Index: i.Index, Name: i.Name, MAC: i.HardwareAddr,
			Loopback: i.Flags&net.FlagLoopback != 0, Up: i.Flags&net.FlagUp != 0}
		addrs, err := i.Addrs()
		if err != nil {
			continue // it went away between the two calls
		}
		for _, a := range addrs {
			if p, err := netip.ParsePrefix(a.String()); err == nil {
				n.Prefixes = append(n.Prefixes, p)
			}
		}
		nics = append(nics, n)
	}
	return nics, nil
}

// get finds an interface by its index; 0 takes the first one that is served, for systems that do not tell.
func (t *nicTable) get(index int, now time.Time) (NIC, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	n, ok := t.find(index)
	age := now.Sub(t.at)
	if age > nicAge || !ok && age > nicAge/10 {
		if nics, err := t.list(); err == nil {
			t.nics = nics
		}
		t.at = now
		n, ok = t.find(index)
	}
	return n, ok
}

func (t *nicTable) find(index int) (NIC, bool) {
	for _, n := range t.nics {
		if n.Index == index || index == 0 && t.serves(&n) {
			return n, true
		}
	}
	return NIC{}, false
}

// all reads the list now and gives the interfaces that are served.
func (t *nicTable) all(now time.Time) ([]NIC, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	nics, err := t.list()
	if err != nil {
		return nil, err
	}
	t.nics, t.at = nics, now
	return slices.DeleteFunc(slices.Clone(nics), func(n NIC) bool { return !t.serves(&n) }), nil
}

// serves reports whether an interface is to be answered on.
func (t *nicTable) serves(n *NIC) bool {
	if len(t.served) > 0 {
		return slices.Contains(t.served, n.Name)
	}
	return n.Up && !n.Loopback && slices.ContainsFunc(n.Prefixes, func(p netip.Prefix) bool { return p.Addr().Is4() })
}

// address is what to answer from: the address that was asked; else a preferred one in the network of the peer or of the
// interface; else the interface's address whose network the peer is in; else its first. IPv6 takes a global address before
// a link-local one, because it goes into URLs.
func (t *nicTable) address(n *NIC, asked, peer netip.Addr, six bool) (netip.Addr, netip.Prefix) {
	var best netip.Prefix
	score := 0
	for _, p := range n.Prefixes {
		if p.Addr().Is6() != six {
			continue
		}
		s := 1
		switch {
		case p.Addr() == asked:
			s = 5
		case peer.IsValid() && p.Masked().Contains(peer.WithZone("")) && !p.Addr().IsLinkLocalUnicast():
			s = 4
		case !p.Addr().IsLinkLocalUnicast():
			s = 2
		}
		if s > score {
			best, score = p, s
		}
	}
	for _, a := range t.addresses {
		if a.Is6() == six && score < 5 && (best.IsValid() && best.Masked().Contains(a) || peer.IsValid() && score < 4) {
			return a, best
		}
	}
	return best.Addr(), best
}
