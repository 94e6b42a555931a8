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

// kind numbers the selectors by how much they decide, the least first: what names one machine stands above what names a
// place, and that above what names a sort of machine. Two groups of kinds compare like the binary numbers they make, so
// a rule with one selector more always stands above the same rule without it.
type kind uint8

const (
	kindKnown kind = iota
	kindFirmware
	kindArch // an architecture implies its firmware
	kindVendor
	kindInterface
	kindSubnet
	kindRelay
	kindLabels // somebody wrote them down, machine by machine
	kindOUI
	kindHostname
	kindRemote
	kindCircuit
	kindSerial
	kindUUID
	kindMAC
	kindCount
)

func (k kind) String() string {
	return [...]string{"known", "firmware", "arch", "vendor", "interface", "subnet", "relay", "labels", "mac prefix",
		"hostname", "remote", "circuit", "serial", "uuid", "mac"}[k]
}

// rank is how specific a Match is. kinds holds a bit for each kind of selector; wide holds for each kind how much of all
// there is it lets through, so of two rules with the same kinds the narrower one stands above: a /24 above a /16, four
// bytes of an address above three, one value above two.
//
// If every machine that one Match selects is selected by another as well, but not the other way round, the first has the
// higher rank. Ranks and then names order all rules, so there is one winner and always the same.
type rank struct {
	kinds uint16
	wide  [kindCount]float64
}

// compareRank is negative if a is more specific than b.
func compareRank(a, b rank) int {
	if c := cmp.Compare(b.kinds, a.kinds); c != 0 {
		return c
	}
	for k := int(kindCount) - 1; k >= 0; k-- {
		if c := cmp.Compare(a.wide[k], b.wide[k]); c != 0 {
			return c
		}
	}
	return 0
}

// weight is the rank as people see it in explanations: higher wins.
func (r rank) weight() int { return int(r.kinds) }

// top is the most decisive kind, and false if there is none.
func (r rank) top() (kind, bool) {
	return kind(bits.Len16(r.kinds) - 1), r.kinds != 0
}

func (r *rank) set(k kind, present int, wide float64) {
	if present > 0 {
		r.kinds |= 1 << k
		r.wide[k] = wide
	}
}

// rank measures the Match.
func (m *Match) rank() rank {
	var r rank
	if len(m.OUIs) > 0 {
		r.set(kindOUI, 1, float64(len(m.MACs))*math.Exp2(-48)+widthOf(m.OUIs, func(s string) float64 { return 4 * float64(len(s)) }))
	} else {
		r.set(kindMAC, len(m.MACs), float64(len(m.MACs)))
	}
	r.set(kindUUID, len(m.UUIDs), float64(len(m.UUIDs)))
	r.set(kindSerial, len(m.Serials), widthOf(m.Serials, textBits))
	r.set(kindCircuit, len(m.Circuits), widthOf(m.Circuits, textBits))
	r.set(kindRemote, len(m.Remotes), widthOf(m.Remotes, textBits))
	r.set(kindHostname, len(m.Hostnames), widthOf(m.Hostnames, textBits))
	r.set(kindRelay, len(m.Relays), float64(len(m.Relays)))
	r.set(kindSubnet, len(m.Subnets), widthOf(outermost(m.Subnets), subnetBits))
	r.set(kindInterface, len(m.Interfaces), widthOf(m.Interfaces, textBits))
	r.set(kindLabels, len(m.Labels), labelsWidth(m.Labels))
	r.set(kindVendor, len(m.Vendors), widthOf(m.Vendors, textBits))
	r.set(kindArch, len(m.Archs), float64(len(m.Archs)))
	r.set(kindFirmware, len(m.Firmware), float64(len(m.Firmware)))
	if m.Known != nil {
		r.set(kindKnown, 1, 1)
	}
	return r
}

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

// Selectors names the kinds of selectors, the most decisive first.
func Selectors() []string {
	names := make([]string, 0, kindCount)
	for k := range kindCount {
		names = append(names, (kindCount - 1 - k).String())
	}
	return names
}
