// SPDX-License-Identifier: Apache-2.0

package api

import (
	"cmp"
	"slices"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/machines"
)

// found is one machine of the configuration, of the memory, or of both.
type found struct {
	host  *boot.Host       // nil: no host names it
	cards []machines.Known // what is known of it under each of its network cards, the one heard last first
	plan  boot.Plan        // with the facts of the first card; without any, with what the host's rule says
}

func (f *found) id() string {
	if f.host != nil {
		return "host/" + f.host.Name
	}
	return "mac/" + f.cards[0].Key.String()
}

// name is the shortest by which a machine is found again.
func (f *found) name() string {
	if f.host != nil {
		return f.host.Name
	}
	return f.cards[0].Key.String()
}

func (f *found) keys() []boot.MAC {
	keys := make([]boot.MAC, len(f.cards))
	for i := range f.cards {
		keys[i] = f.cards[i].Key
	}
	return keys
}

// listed reports whether the rule of a host says which cards it has.
func (f *found) listed() bool {
	return f.host != nil && len(f.host.Match.MACs) > 0 && len(f.host.Match.OUIs) == 0
}

// planned completes a machine whose cards have been found.
func (f *found) planned(cat *boot.Catalog) *found {
	slices.SortStableFunc(f.cards, func(a, b machines.Known) int { return b.Heard.Compare(a.Heard) })
	if len(f.cards) > 0 {
		f.plan = cat.Plan(f.cards[0].Client)
	} else {
		f.plan = cat.Plan(f.host.Match.Example())
	}
	return f
}

// all lists every machine, by ID.
func (s *Server) all() []*found {
	cat := s.Catalog()
	hosts := make(map[*boot.Host]*found, len(cat.Hosts()))
	list := make([]*found, 0, len(cat.Hosts()))
	for _, h := range cat.Hosts() {
		hosts[h] = &found{host: h}
		list = append(list, hosts[h])
	}
	for _, key := range s.Memory.Keys() {
		k, ok := s.Memory.Look(key)
		if !ok {
			continue // forgotten meanwhile
		}
		if f := hosts[cat.Plan(k.Client).Host]; f != nil {
			f.cards = append(f.cards, k)
		} else {
			list = append(list, &found{cards: []machines.Known{k}})
		}
	}
	for _, f := range list {
		f.planned(cat)
	}
	slices.SortFunc(list, func(a, b *found) int { return cmp.Compare(a.id(), b.id()) })
	return list
}
