// SPDX-License-Identifier: Apache-2.0

package site

import "github.com/bootlace-net/bootlace/boot"

// Memory is whether a machine has what it comes to when nobody touches a key. The visit says what it has.
func (s *Site) Memory(v boot.Visit, p boot.Plan) boot.MemoryNeed {
	m, installs := s.Catalog.Memory(&p, v.Memory)
	return m.Under(s.Settings.Memory.Check.Policy(), installs)
}
