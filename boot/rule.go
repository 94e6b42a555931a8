// SPDX-License-Identifier: Apache-2.0

package boot

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// rule is a host or a group with its place in the order of all of them.
type rule struct {
	match   *Match
	given   []*Selector // what match has
	rank    rank
	name    string
	step    Step
	order   int // 0 is the most specific of all hosts, or of all groups
	labels  bool
	host    *Host
	group   *Group
	adopt   *AdoptRule
	outcome Step // "host vm1 boots profile tiny"
}

func (all selectors) hostRule(h *Host) *rule {
	r := all.newRule("host", h.Name, &h.Match, h.Pos)
	r.host = h
	r.outcome = Step{What: "host " + h.Name + " boots profile " + h.Profile, Pos: h.ProfilePos}
	if h.Ignore {
		r.outcome = Step{What: "host " + h.Name + " is to be ignored", Pos: h.Pos}
	}
	return r
}

func (all selectors) groupRule(g *Group) *rule {
	r := all.newRule("group", g.Name, &g.Match, g.Pos)
	r.group = g
	r.labels = len(g.Match.Labels) > 0
	r.outcome = Step{What: "group " + g.Name + " gives profile " + g.Profile, Pos: g.ProfilePos}
	if g.Ignore {
		r.outcome = Step{What: "group " + g.Name + " is to be ignored", Pos: g.Pos}
	}
	if g.Wait {
		r.outcome = Step{What: "group " + g.Name + " has its machines wait until somebody decides", Pos: g.Pos}
	}
	return r
}

func (all selectors) newRule(what, name string, m *Match, pos Pos) *rule {
	rk, given := all.rank(m), all.given(m)
	return &rule{
		match: m, given: given, rank: rk, name: name,
		step: Step{What: fmt.Sprintf("%s %s: %s (weight %d)", what, name, text(given, m), rk.weight()), Pos: pos},
	}
}

// matches reports whether every selector holds for the client; known says that a host was found for it.
func (r *rule) matches(c *Client, known bool) bool { return matches(r.given, r.match, c, known) }

// sortRules brings rules into the one order there is and numbers them.
func sortRules(rules []*rule) {
	slices.SortFunc(rules, compareRules)
	for i, r := range rules {
		r.order = i
	}
}

func compareRules(a, b *rule) int {
	if c := compareRank(&a.rank, &b.rank); c != 0 {
		return c
	}
	return cmp.Compare(a.name, b.name)
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
