// SPDX-License-Identifier: Apache-2.0

package boot

import (
	"slices"
	"strings"
)

// meet reports whether two lists of alternatives have one in common. An empty list lets everything through.
func meet[T any](a, b []T, same func(x, y T) bool) bool {
	if len(a) == 0 || len(b) == 0 {
		return true
	}
	return slices.ContainsFunc(a, func(x T) bool {
		return slices.ContainsFunc(b, func(y T) bool { return same(x, y) })
	})
}

// firmwareMeets asks architectures for their firmware: a rule for one and a rule for the other meet in a machine of both.
func firmwareMeets(a, b *Match) bool {
	kinds := func(m *Match) []Firmware {
		if len(m.Archs) == 0 {
			return m.Firmware
		}
		return each(m.Archs, Arch.Firmware)
	}
	return meet(kinds(a), kinds(b), func(x, y Firmware) bool { return x == y })
}

func labelsMeet(a, b map[string]string) bool {
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
