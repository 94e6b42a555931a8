// SPDX-License-Identifier: Apache-2.0

package api

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/machines"
)

// find gives the machine of a name. A host's own name goes before everything else, then an address.
func (s *Server) find(name string) (*found, error) {
	cat := s.Catalog()
	if h := cat.Host(strings.TrimPrefix(name, "host/")); h != nil {
		return s.ofHost(cat, h), nil
	}
	if mac, err := boot.ParseMAC(strings.TrimPrefix(name, "mac/")); err == nil {
		if f := s.ofMAC(cat, mac); f != nil {
			return f, nil
		}
	}
	return s.ofFact(cat, name)
}

// ofHost collects the cards of a host. Where its rule lists addresses, no others need to be looked at.
func (s *Server) ofHost(cat *boot.Catalog, h *boot.Host) *found {
	f := &found{host: h}
	keys := h.Match.MACs
	if !f.listed() {
		keys = s.Memory.Keys()
	}
	for _, key := range keys {
		if k, ok := s.Memory.Look(key); ok && cat.Plan(k.Client).Host == h {
			f.cards = append(f.cards, k)
		}
	}
	return f.planned(cat)
}

// ofMAC is nil when neither a host nor a packet told of the address.
func (s *Server) ofMAC(cat *boot.Catalog, mac boot.MAC) *found {
	k, known := s.Memory.Look(mac)
	if !known {
		k.Client.MAC = mac
	}
	switch h := cat.Plan(k.Client).Host; {
	case h != nil:
		return s.ofHost(cat, h)
	case known:
		return (&found{cards: []machines.Known{k}}).planned(cat)
	}
	return nil
}

// ofFact finds a machine by its UUID or serial number, of which some are not as unique as they should be.
func (s *Server) ofFact(cat *boot.Catalog, name string) (*found, error) {
	var all []*found
	for _, f := range s.all() {
		if is := named(name); is(&f.plan.Client) || slices.ContainsFunc(f.cards, func(k machines.Known) bool { return is(&k.Client) }) {
			all = append(all, f)
		}
	}
	switch len(all) {
	case 0:
		return nil, unknownName(cat, name)
	case 1:
		return all[0], nil
	}
	return nil, ambiguous(name, all)
}

// named says which machines have a UUID, in either order of its bytes (firmware tells both), or a serial number.
func named(name string) func(*boot.Client) bool {
	uuid, err := boot.ParseUUID(name)
	if err != nil || uuid.Placeholder() {
		return func(c *boot.Client) bool { return name != "" && strings.EqualFold(c.Serial, name) }
	}
	return func(c *boot.Client) bool { return !c.UUID.IsZero() && (c.UUID == uuid || c.UUID == uuid.Swapped()) }
}

// mostCandidates bounds what an error lists: a maker may give all its machines one serial number.
const mostCandidates = 12

func ambiguous(name string, all []*found) error {
	p := problem(http.StatusConflict, "")
	for _, f := range all[:min(len(all), mostCandidates)] {
		p.Candidates = append(p.Candidates, f.name())
	}
	more := ""
	if len(all) > mostCandidates {
		more = ", …"
	}
	p.Detail = fmt.Sprintf("%s is %d machines: name one of %s%s", excerpt(name), len(all), strings.Join(p.Candidates, ", "), more)
	return p
}

func unknownName(cat *boot.Catalog, name string) error {
	hosts := make([]string, 0, len(cat.Hosts()))
	for _, h := range cat.Hosts() {
		hosts = append(hosts, h.Name)
	}
	p := problem(http.StatusNotFound, fmt.Sprintf("there is no machine %s: expected a host of the configuration, or the MAC address, UUID or serial number of a machine that was heard of", excerpt(name)))
	if near := boot.Nearest(name, hosts); near != "" {
		p.Candidates = []string{near}
		p.Detail = fmt.Sprintf("there is no machine %s: did you mean %s?", excerpt(name), near)
	}
	return p
}

func excerpt(s string) string { return boot.Excerpt(s, longestFact) }
