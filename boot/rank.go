// SPDX-License-Identifier: Apache-2.0

package boot

import (
	"cmp"
	"math"
	"math/bits"
	"net/netip"
	"slices"
	"strings"
)

// maxSelectors is how many selectors a rank has room for.
const maxSelectors = 16

// rank is how specific a Match is. kinds holds a bit for each selector that is given, the highest for the most decisive: two sets of
// selectors compare like the binary numbers they make, so a rule with one selector more always stands above the same
// rule without it. wide holds for each selector how much of all there is it lets through, so of two rules with the same
// selectors the narrower one stands above: a /24 above a /16, four bytes of an address above three, one value above two.
//
// If every machine that one Match selects is selected by another as well, but not the other way round, the first has the
// higher rank. Ranks and then names order all rules, so there is one winner and always the same.
type rank struct {
	kinds uint16
	wide  [maxSelectors]float64
}

// compareRank is negative if a is more specific than b.
func compareRank(a, b *rank) int {
	if c := cmp.Compare(b.kinds, a.kinds); c != 0 {
		return c
	}
	for given := a.kinds; given != 0; { // both have the same ones
		k := bits.Len16(given) - 1
		if c := cmp.Compare(a.wide[k], b.wide[k]); c != 0 {
			return c
		}
		given &^= 1 << k
	}
	return 0
}

// weight is the rank as people see it in explanations: higher wins.
func (r rank) weight() int { return int(r.kinds) }

// top is the number of the most decisive selector, and false if there is none.
func (r rank) top() (int, bool) { return bits.Len16(r.kinds) - 1, r.kinds != 0 }

// widthOf adds up the share of all there is that each value lets through, given its precision in bits.
func widthOf[T any](values []T, bits func(T) float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += math.Exp2(-bits(v))
	}
	return sum
}

// textBits gives a pattern its precision: text without a star is a little narrower than text with one. Capped, for a share
// must not become zero.
func textBits(s string) float64 {
	n := 4 * float64(len(strings.ReplaceAll(s, "*", "")))
	if !strings.Contains(s, "*") {
		n += 2
	}
	return min(n, 900)
}

// subnetBits measures IPv4 prefixes as the IPv6 ones they are mapped to, so that the two families compare.
func subnetBits(p netip.Prefix) float64 {
	if p.Addr().Is4() {
		return float64(96 + p.Bits())
	}
	return float64(p.Bits())
}

// outermost leaves out prefixes that lie inside others, for they let nothing more through.
func outermost(prefixes []netip.Prefix) []netip.Prefix {
	if len(prefixes) < 2 {
		return prefixes
	}
	sorted := slices.Clone(prefixes)
	slices.SortFunc(sorted, func(a, b netip.Prefix) int { return cmp.Compare(a.Bits(), b.Bits()) })
	var out []netip.Prefix
	for _, p := range sorted {
		if !slices.ContainsFunc(out, func(o netip.Prefix) bool { return o.Contains(p.Addr()) }) {
			out = append(out, p)
		}
	}
	return out
}

// labelsWidth multiplies: every label that is asked for narrows.
func labelsWidth(labels map[string]string) float64 {
	sum := 0.0
	for _, v := range labels {
		sum += 4 + textBits(v)/16
	}
	return math.Exp2(-sum)
}
