// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"slices"

	"github.com/bootlace-net/bootlace/boot"
)

// reach is all that a machine of a profile can come to: what the profile boots, or the entries of its menus.
type reach struct {
	tree    *Tree
	entries []owned[*boot.Entry]
	menus   []owned[*boot.Menu]
	within  []*boot.Profile
}

// owned is something of a profile.
type owned[T any] struct {
	profile *boot.Profile
	it      T
}

// reach lists what a machine of a profile can come to.
func (t *Tree) reach(p *boot.Profile) *reach {
	r := &reach{tree: t}
	r.profile(p)
	return r
}

func (r *reach) profile(p *boot.Profile) {
	if p == nil || slices.Contains(r.within, p) {
		return
	}
	r.within = append(r.within, p)
	if p.Start == nil {
		r.entries = append(r.entries, owned[*boot.Entry]{p, &p.Entry})
		return
	}
	r.menu(p, p.Start)
}

func (r *reach) menu(p *boot.Profile, m *boot.Menu) {
	r.menus = append(r.menus, owned[*boot.Menu]{p, m})
	for _, e := range m.Entries {
		switch e.Kind {
		case boot.EntryMenu:
			r.menu(p, e.Menu)
		case boot.EntryProfile:
			r.profile(r.tree.profile(e.Profile))
		default:
			r.entries = append(r.entries, owned[*boot.Entry]{p, e})
		}
	}
}
