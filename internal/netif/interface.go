// SPDX-License-Identifier: Apache-2.0

package netif

import (
	"net"
	"net/netip"
	"slices"
)

// Interface is a network interface as far as answering needs it.
type Interface struct {
	Index    int
	Name     string
	MAC      net.HardwareAddr
	MTU      int
	Loopback bool
	Up       bool
	Prefixes []netip.Prefix // its addresses with their masks, IPv4 and IPv6
}

// has reports whether an address is one of the interface's.
func (i *Interface) has(a netip.Addr) bool {
	return slices.ContainsFunc(i.Prefixes, func(p netip.Prefix) bool { return p.Addr() == a })
}

// HasIPv4 reports whether the interface has an IPv4 address.
func (i *Interface) HasIPv4() bool {
	return slices.ContainsFunc(i.Prefixes, func(p netip.Prefix) bool { return p.Addr().Is4() })
}

// LinkLocal is the interface's link-local IPv6 address; invalid if it has none.
func (i *Interface) LinkLocal() netip.Addr {
	for _, p := range i.Prefixes {
		if a := p.Addr(); a.Is6() && a.IsLinkLocalUnicast() {
			return a
		}
	}
	return netip.Addr{}
}

// Interfaces asks the system for the interfaces of this host.
func Interfaces() ([]Interface, error) {
	all, err := net.Interfaces()
	if err != nil {
		return nil, err
	}
	list := make([]Interface, 0, len(all))
	for _, i := range all {
		n := Interface{Index: i.Index, Name: i.Name, MAC: i.HardwareAddr, MTU: i.MTU,
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
		list = append(list, n)
	}
	return list, nil
}
