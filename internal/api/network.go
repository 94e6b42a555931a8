// SPDX-License-Identifier: Apache-2.0

package api

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/bootlace-net/bootlace/boot"
)

// Network is what was seen of others that answer or hand on DHCP.
type Network struct {
	Rivals []Rival `json:"rivals"`
	Relays []Relay `json:"relays"`
	Events []Event `json:"events"` // that are no machine's, the oldest first
}

// Rival is a server that gets into the way.
type Rival struct {
	Kind   string    `json:"kind"` // proxy, option-60, boot-file, two-interfaces or unheard
	Server string    `json:"server,omitempty"`
	Heard  time.Time `json:"heard"`
	Text   string    `json:"text"`
}

// Relay hands on machines' packets.
type Relay struct {
	Address  string    `json:"address"`
	Machines int       `json:"machines"`
	Heard    time.Time `json:"heard"`
}

func (s *Server) network() Network {
	out := Network{Rivals: []Rival{}, Relays: s.relays(), Events: s.story([]boot.MAC{{}}, 0)}
	for _, e := range s.Memory.Story(boot.MAC{}) {
		if n := e.Network; n != nil && n.Rival != "" {
			r := Rival{Kind: n.Rival, Heard: e.Time.UTC(), Text: e.Text}
			if n.Server.IsValid() {
				r.Server = n.Server.String()
			}
			out.Rivals = slices.DeleteFunc(out.Rivals, func(o Rival) bool { return o.Kind == r.Kind && o.Server == r.Server }) // the newest stays
			out.Rivals = append(out.Rivals, r)
		}
	}
	return out
}

func (s *Server) relays() []Relay {
	all := make(map[netip.Addr]*Relay)
	for _, key := range s.Memory.Keys() {
		k, ok := s.Memory.Look(key)
		if a := k.Client.Relay; ok && a.IsValid() {
			if all[a] == nil {
				all[a] = &Relay{Address: a.String()}
			}
			all[a].Machines++
			if k.Heard.After(all[a].Heard) {
				all[a].Heard = k.Heard.UTC()
			}
		}
	}
	out := []Relay{}
	for _, r := range all {
		out = append(out, *r)
	}
	slices.SortFunc(out, func(a, b Relay) int { return strings.Compare(a.Address, b.Address) })
	return out
}
