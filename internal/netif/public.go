// SPDX-License-Identifier: Apache-2.0

package netif

import (
	"net/netip"
	"slices"
)

// Public gives our address for a machine at remote that asked local: local, if it is a configured one; else the configured
// one in local's network; else, for a machine of another network, the first of its family. AnswerFrom chooses by the same
// rules for DHCP, where nothing may have been asked yet.
func (h *Host) Public(local, remote netip.Addr) netip.Addr {
	if len(h.Addresses) == 0 || slices.Contains(h.Addresses, local) || local.IsLoopback() {
		return local
	}
	network := h.network(local)
	for _, a := range h.Addresses {
		if network.Contains(a) {
			return a
		}
	}
	if network.Contains(remote) {
		return local
	}
	for _, a := range h.Addresses {
		if a.Is4() == local.Is4() {
			return a
		}
	}
	return local
}

// AnswerFrom is what to answer from by an interface, with its network: the address that was asked; else a preferred one in
// the network of the peer or of the interface; else the interface's address whose network the peer is in; else its first.
// IPv6 takes a global address before a link-local one, because it goes into URLs.
func (h *Host) AnswerFrom(i *Interface, asked, peer netip.Addr, six bool) (netip.Addr, netip.Prefix) {
	var best netip.Prefix
	score := 0
	for _, p := range i.Prefixes {
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
	for _, a := range h.Addresses {
		if a.Is6() == six && score < 5 && (best.IsValid() && best.Masked().Contains(a) || peer.IsValid() && score < 4) {
			return a, best
		}
	}
	return best.Addr(), best
}
