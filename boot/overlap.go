// SPDX-License-Identifier: Apache-2.0

package boot

import (
	"net/netip"
	"slices"
	"strings"
)

// overlap reports whether one machine may be selected by both. It errs towards yes.
func overlap(a, b *Match) bool {
	return overlapMAC(a, b) &&
		meet(a.UUIDs, b.UUIDs, func(x, y UUID) bool { return x == y || x == y.Swapped() }) &&
		meet(a.Serials, b.Serials, globsMeet) && meet(a.Hostnames, b.Hostnames, globsMeet) &&
		meet(a.Circuits, b.Circuits, globsMeet) && meet(a.Remotes, b.Remotes, globsMeet) &&
		meet(a.Interfaces, b.Interfaces, globsMeet) &&
		meet(a.Relays, b.Relays, func(x, y netip.Addr) bool { return x == y }) &&
		meet(a.Subnets, b.Subnets, netip.Prefix.Overlaps) &&
		meet(a.Vendors, b.Vendors, func(x, y string) bool { return strings.HasPrefix(x, y) || strings.HasPrefix(y, x) }) &&
		overlapKind(a, b) && overlapLabels(a.Labels, b.Labels)
}

// meet reports whether two lists of alternatives have one in common. An empty list lets everything through.
func meet[T any](a, b []T, same func(x, y T) bool) bool {
	if len(a) == 0 || len(b) == 0 {
		return true
	}
	return slices.ContainsFunc(a, func(x T) bool {
		return slices.ContainsFunc(b, func(y T) bool { return same(x, y) })
	})
}

func overlapMAC(a, b *Match) bool {
	if len(a.MACs)+len(a.OUIs) == 0 || len(b.MACs)+len(b.OUIs) == 0 {
		return true
	}
	inside := func(m MAC, of *Match) bool { return slices.Contains(of.MACs, m) || m.hasPrefix(of.OUIs) }
	return slices.ContainsFunc(a.MACs, func(m MAC) bool { return inside(m, b) }) ||
		slices.ContainsFunc(b.MACs, func(m MAC) bool { return inside(m, a) }) ||
		len(a.OUIs) > 0 && len(b.OUIs) > 0 && meet(a.OUIs, b.OUIs, func(x, y string) bool {
			return strings.HasPrefix(x, y) || strings.HasPrefix(y, x)
		})
}

func overlapKind(a, b *Match) bool {
	kinds := func(m *Match) []Firmware {
		if len(m.Archs) == 0 {
			return m.Firmware
		}
		return each(m.Archs, Arch.Firmware)
	}
	return meet(a.Archs, b.Archs, func(x, y Arch) bool { return x == y }) &&
		meet(kinds(a), kinds(b), func(x, y Firmware) bool { return x == y }) &&
		(a.Known == nil || b.Known == nil || *a.Known == *b.Known)
}

func overlapLabels(a, b map[string]string) bool {
	for key, x := range a {
		if y, ok := b[key]; ok && !globsMeet(x, y) {
			return false
		}
	}
	return true
}

// globsMeet reports whether a text may fit both patterns; of two with stars only their beginnings are compared.
func globsMeet(x, y string) bool {
	switch {
	case !hasStar(x):
		return glob(y, x)
	case !hasStar(y):
		return glob(x, y)
	}
	hx, _, _ := strings.Cut(strings.ToLower(x), "*")
	hy, _, _ := strings.Cut(strings.ToLower(y), "*")
	return strings.HasPrefix(hx, hy) || strings.HasPrefix(hy, hx)
}
