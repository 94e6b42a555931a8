// SPDX-License-Identifier: Apache-2.0

package api

import (
	"cmp"
	"slices"

	"github.com/bootlace-net/bootlace/boot"
)

// Profiles are those of the configuration.
type Profiles struct {
	Profiles []Profile `json:"profiles"`
}

// Profile is one of them, and who uses it.
type Profile struct {
	Name        string   `json:"name"`
	Title       string   `json:"title,omitempty"`
	Kind        string   `json:"kind"` // how it starts what it starts, by the key of YAML; menu: its user chooses
	Image       string   `json:"image,omitempty"`
	Destructive bool     `json:"destructive,omitempty"`
	Installs    bool     `json:"installs,omitempty"`
	Inherits    []string `json:"inherits,omitempty"`
	At          string   `json:"at,omitempty"`
	Machines    int      `json:"machines"` // that boot it by the configuration: GET /machines?profile= lists them
	Groups      []string `json:"groups,omitempty"`
	Unknown     bool     `json:"unknown,omitempty"` // machines that nobody names boot it
}

// profiles lists them by name.
func (s *Server) profiles() Profiles {
	cat := s.Catalog()
	machines := make(map[*boot.Profile]int)
	for _, f := range s.all() {
		machines[f.plan.Profile]++
	}
	out := Profiles{[]Profile{}}
	for _, p := range cat.Profiles() {
		x := Profile{Name: p.Name, Title: p.Title, Kind: p.Kind.String(), Image: p.Image.S, Destructive: p.Destructive, Installs: p.Installs(), Inherits: p.Inherits,
			At: p.Pos.String(), Machines: machines[p], Unknown: cat.Unknown().Action == boot.ActionBoot && cat.Unknown().Profile == p.Name}
		if p.Start != nil {
			x.Kind = boot.EntryMenu.String()
		}
		for _, g := range cat.Groups() {
			if g.Profile == p.Name {
				x.Groups = append(x.Groups, g.Name)
			}
		}
		out.Profiles = append(out.Profiles, x)
	}
	slices.SortFunc(out.Profiles, func(a, b Profile) int { return cmp.Compare(a.Name, b.Name) })
	return out
}
