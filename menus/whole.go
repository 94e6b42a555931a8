// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"slices"

	"github.com/bootlace-net/bootlace/boot"
)

// Whole reports whether a machine has got all that one of the entries takes which its plan can come to: the program, and every
// file that goes with it. Got are the files that it has fetched from the first to the last byte; what comes from other servers
// is nowhere seen. Of a script that its author wrote nobody knows what it takes: any file is enough that is no loader's.
func (t *Tree) Whole(v boot.Visit, p boot.Plan, got []boot.Name) bool {
	if p.Action == boot.ActionIgnore {
		return false
	}
	s := &wholes{newSession(t, v, p), got}
	items := s.startables()
	return slices.ContainsFunc(items, func(it *item) bool {
		switch it.kind {
		case boot.EntryLocal, boot.EntryShell:
			return false
		case boot.EntryScript:
			return slices.ContainsFunc(got, func(n boot.Name) bool { return s.unknown(n, items) })
		case boot.EntryChain:
			return !it.target.name.IPXE() && s.has(it.target) // an iPXE is no end of a boot
		default:
			return s.hasAll(it)
		}
	})
}

// wholes is a question about what a machine has got.
type wholes struct {
	*session
	got []boot.Name
}

func (s *wholes) has(r ref) bool {
	return slices.ContainsFunc(s.got, func(n boot.Name) bool { return s.is(n, r) })
}

func (s *wholes) is(n boot.Name, r ref) bool {
	v := s.visit
	v.Name = n
	return isAsked(v)(r)
}

// hasAll asks for each part of an item that comes from here, of which there must be one.
func (s *wholes) hasAll(it *item) bool {
	parts := slices.DeleteFunc(s.partsOf(it), func(r ref) bool { return r.ext != "" })
	return len(parts) > 0 && !slices.ContainsFunc(parts, func(r ref) bool { return !s.has(r) })
}

// unknown reports whether a file is neither a loader's nor a part of what the machine could start instead.
func (s *wholes) unknown(n boot.Name, items []*item) bool {
	v := s.visit
	v.Name = n
	return s.tree.Role(v, s.plan) == boot.RoleOther && !slices.ContainsFunc(items, func(it *item) bool {
		return slices.ContainsFunc(s.partsOf(it), func(r ref) bool { return s.is(n, r) })
	})
}

func (s *session) partsOf(it *item) []ref {
	parts := []ref{s.kernelOf(it)}
	for _, m := range s.modulesOf(it) {
		parts = append(parts, m.file)
	}
	return parts
}

// startables lists what the machine can come to, with the names of all files; what cannot be rendered for it is left out.
func (s *session) startables() (items []*item) {
	if s.plan.Profile == nil {
		return s.defaultPage().items
	}
	for _, e := range s.tree.reach(s.plan.Profile).entries {
		if it, err := s.scope(e.profile).parts(e.it.For(s.visit.Client.Arch())); err == nil {
			items = append(items, it)
		}
	}
	return items
}
