// SPDX-License-Identifier: Apache-2.0

package site

import "github.com/bootlace-net/bootlace/boot"

// Installs reports whether a file that a machine is to get can install it, by itself or by what it leads to; what nobody knows can.
// Only pictures cannot, and the loaders that are built in, which do nothing but ask for a script.
func (s *Site) Installs(v boot.Visit, p boot.Plan) bool {
	return s.Menus.Installs(v, p) && (s.Menus.Role(v, p) != boot.RoleLoader || !s.Images.BuiltIn(v.Name.Path()))
}

// Role says what a file is to the machine that asks for it.
func (s *Site) Role(v boot.Visit, p boot.Plan) boot.Role { return s.Menus.Role(v, p) }

// Whole reports whether a machine has got all that one of the entries takes which its plan can come to.
func (s *Site) Whole(v boot.Visit, p boot.Plan, got []boot.Name) bool {
	return s.Menus.Whole(v, p, got)
}

// Local gives the plan for a machine's own disk.
func (s *Site) Local(p boot.Plan) boot.Plan { return s.Catalog.Local(p) }

// Instead gives the plan for another profile, and that for the disk if there is no such profile any more.
func (s *Site) Instead(p boot.Plan, profile, why string) boot.Plan {
	other := s.Catalog.Profile(profile)
	if other == nil {
		return s.Catalog.Local(p)
	}
	return s.Catalog.Instead(p, other, why)
}
