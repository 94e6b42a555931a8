// SPDX-License-Identifier: Apache-2.0

package boot

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// rule is a host or a group with its place in the order of all of them.
type rule struct {
	match   *Match
	rank    rank
	name    string
	step    Step
	order   int // 0 is the most specific of all hosts, or of all groups
	labels  bool
	host    *Host
	group   *Group
	outcome Step // "host vm1 boots profile tiny"
}

func hostRule(h *Host) *rule {
	r := newRule("host", h.Name, &h.Match, h.Pos)
	r.host = h
	r.outcome = Step{What: "host " + h.Name + " boots profile " + h.Profile, Pos: h.ProfilePos}
	if h.Ignore {
		r.outcome = Step{What: "host " + h.Name + " is to be ignored", Pos: h.Pos}
	}
	return r
}

func groupRule(g *Group) *rule {
	r := newRule("group", g.Name, &g.Match, g.Pos)
	r.group = g
	r.labels = len(g.Match.Labels) > 0
	r.outcome = Step{What: "group " + g.Name + " gives profile " + g.Profile, Pos: g.ProfilePos}
	if g.Ignore {
		r.outcome = Step{What: "group " + g.Name + " is to be ignored", Pos: g.Pos}
	}
	return r
}

func newRule(what, name string, m *Match, pos Pos) *rule {
	rk := m.rank()
	return &rule{
		match: m, rank: rk, name: name,
		step: Step{What: fmt.Sprintf("%s %s: %s (weight %d)", what, name, m, rk.weight()), Pos: pos},
	}
}

// sortRules brings rules into the one order there is and numbers them.
func sortRules(rules []*rule) {
	slices.SortFunc(rules, compareRules)
	for i, r := range rules {
		r.order = i
	}
}

func compareRules(a, b *rule) int {
	if c := compareRank(a.rank, b.rank); c != 0 {
		return c
	}
	return cmp.Compare(a.name, b.name)
}

// String lists the selectors in the order in which they decide.
func (m *Match) String() string {
	var parts []string
	add := func(key string, values []string) {
		if len(values) > 0 {
			parts = append(parts, key+" "+shortList(values))
		}
	}
	add("mac", append(texts(m.MACs), each(m.OUIs, showPrefix)...))
	add("uuid", texts(m.UUIDs))
	add("serial", m.Serials)
	add("circuit", m.Circuits)
	add("remote", m.Remotes)
	add("hostname", m.Hostnames)
	for _, key := range slices.Sorted(maps.Keys(m.Labels)) {
		parts = append(parts, "label "+key+"="+m.Labels[key])
	}
	add("relay", texts(m.Relays))
	add("subnet", texts(m.Subnets))
	add("interface", m.Interfaces)
	add("vendor", m.Vendors)
	add("arch", texts(m.Archs))
	add("firmware", texts(m.Firmware))
	if m.Known != nil {
		parts = append(parts, fmt.Sprintf("known %t", *m.Known))
	}
	if len(parts) == 0 {
		return "every machine"
	}
	return strings.Join(parts, ", ")
}

func shortList(values []string) string {
	if len(values) > 3 {
		return fmt.Sprintf("%s or %d others", strings.Join(values[:2], " or "), len(values)-2)
	}
	return strings.Join(values, " or ")
}

func texts[T fmt.Stringer](values []T) []string { return each(values, T.String) }

func each[T, U any](values []T, f func(T) U) []U {
	out := make([]U, len(values))
	for i, v := range values {
		out[i] = f(v)
	}
	return out
}

// showPrefix writes 525400 as 52:54:00:*.
func showPrefix(digits string) string {
	var b strings.Builder
	for i := range len(digits) {
		b.WriteByte(digits[i])
		if i%2 == 1 {
			b.WriteByte(':')
		}
	}
	return b.String() + "*"
}
