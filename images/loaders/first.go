// SPDX-License-Identifier: Apache-2.0

package loaders

import (
	"cmp"
	"path"
	"slices"
	"strings"
)

// First names the program that a machine of that instruction set ("bios" for a BIOS) starts first; false if the set has none.
//
// A shim comes before what is not signed for every firmware, if what it looks for is beside it; iPXE that uses the firmware's driver
// before that with its own, which is known to leave some machines without keyboard or network.
func (s *Set) First(cpu string) (f File, ok bool) {
	if list := s.InOrder(cpu); len(list) > 0 {
		return list[0], true
	}
	return File{}, false
}

// InOrder gives that program, and the one that such a machine is to start where the first does not come up, if there is one of the same
// kind: another iPXE after an iPXE, one that a shim of the same directory starts after such a one.
func (s *Set) InOrder(cpu string) []File {
	var best []File
	for _, f := range s.Files {
		if f.CPU == cpu && s.rank(f) > 0 {
			best = append(best, f)
		}
	}
	slices.SortFunc(best, func(a, b File) int {
		return cmp.Or(cmp.Compare(s.rank(b), s.rank(a)), cmp.Compare(len(a.Path), len(b.Path)), strings.Compare(a.Path, b.Path))
	})
	for i, f := range best {
		if i > 0 && cpu != BIOS && replaces(f, best[0]) {
			return []File{best[0], f}
		}
	}
	return best[:min(len(best), 1)]
}

// replaces reports whether a program may be tried where another one did not come up.
func replaces(f, first File) bool {
	ipxe := func(r Role) bool { return r == IPXE || r == SNPOnly }
	switch {
	case path.Dir(f.Path) != path.Dir(first.Path):
		return false
	case first.Role == Shim:
		return f.Role == Shim && f.Next() != first.Next()
	}
	return ipxe(first.Role) && ipxe(f.Role)
}

// rank is how good a program is as the first one; 0: not at all.
func (s *Set) rank(f File) int {
	if f.CPU == BIOS {
		return map[string]int{"undionly.kpxe": 3, "ipxe.kpxe": 2}[path.Base(f.Path)] + 1
	}
	base := path.Base(f.Path)
	switch {
	case f.Role == Shim && !s.has(f.Next()):
		return 0
	case f.Role == Shim && strings.HasPrefix(base, "snponly"):
		return 6
	case f.Role == Shim:
		return 5
	case strings.Contains(base, "legacy"):
		return 1
	case f.Role == SNPOnly:
		return 4
	case f.Role == IPXE:
		return 3
	case f.Role == GRUB:
		return 2
	}
	return 0
}

func (s *Set) has(name string) bool {
	return slices.ContainsFunc(s.Files, func(f File) bool { return f.Path == name })
}

// Next names what a shim starts, in the directory that it came from; empty for all other programs. Distributions' look for GRUB. That of
// iPXE makes "snponly.efi" of its own name "snponly-shimx64.efi", and "ipxe.efi" of any name without a dash.
func (f *File) Next() string {
	dir, base := path.Split(f.Path)
	if f.Role != Shim {
		return ""
	}
	if name, _, ok := strings.Cut(base, "-shim"); ok {
		return dir + name + ".efi"
	}
	cpu := strings.TrimSuffix(strings.TrimPrefix(base, "shim"), ".efi")
	return dir + "grub" + cpu + ".efi"
}
