// SPDX-License-Identifier: Apache-2.0

package boot

import (
	"fmt"
	"maps"
	"slices"
)

// conflicts compares the rules with each other.
func (b *builder) conflicts(c *Catalog, groups []*rule) {
	b.hostConflicts(c.hostIdx)
	b.groupConflicts(groups)
	b.neverApplies(c, groups)
}

// hostConflicts finds hosts that claim the same machine by the same kinds of selectors. Two such rules stand side by side
// only if something else tells the machines apart.
func (b *builder) hostConflicts(x *index) {
	seen := make(map[[2]*rule]bool)
	bucket := func(rules []*rule) {
		for i, r := range rules {
			for _, old := range rules[:i] {
				if !seen[[2]*rule{old, r}] && old.rank.kinds == r.rank.kinds && b.all.overlap(old.match, r.match) {
					seen[[2]*rule{old, r}] = true
					b.hostConflict(old.host, r.host)
					break
				}
			}
		}
	}
	x.together(bucket)
}

func (b *builder) hostConflict(first, second *Host) {
	if CompareProblems(Problem{Pos: first.Pos}, Problem{Pos: second.Pos}) > 0 {
		first, second = second, first
	}
	b.problems = append(b.problems, Problem{Pos: second.Pos,
		What:     fmt.Sprintf("host %s claims the same machine as host %s at %s (%s)", second.Name, first.Name, first.Pos, second.Match.String()),
		Expected: "expected a selector that tells them apart"})
}

// groupConflicts finds groups of equal rank that may match the same machine and give it different profiles: an error if
// they always do, a warning if it takes a machine in both.
func (b *builder) groupConflicts(rules []*rule) {
	for i, r := range rules {
		for _, other := range rules[i+1:] {
			if compareRank(&r.rank, &other.rank) != 0 {
				break // rules are sorted
			}
			if r.group.differs(other.group) && b.all.overlap(r.match, other.match) {
				b.groupConflict(r, other)
			}
		}
	}
}

func (g *Group) differs(o *Group) bool {
	return g.decides() && o.decides() && (g.Ignore != o.Ignore || g.Wait != o.Wait || g.Profile != o.Profile)
}

func (b *builder) groupConflict(first, second *rule) {
	same := first.match.String() == second.match.String()
	where := fmt.Sprintf("group %s at %s", first.name, first.group.Pos)
	if same {
		b.problems = append(b.problems, Problem{Pos: second.group.Pos,
			What:     fmt.Sprintf("group %s never decides: %s matches the same machines (%s)", second.name, where, first.match.String()),
			Expected: "expected one profile for them, or another selector"})
		return
	}
	b.warn(second.group.Pos, fmt.Sprintf("group %s and %s are equally specific and may match the same machine; %s wins by name", second.name, where, first.name),
		"expected a selector that tells them apart")
}

// neverApplies finds what can never come to pass.
func (b *builder) neverApplies(c *Catalog, groups []*rule) {
	for _, r := range groups {
		if r.rank.kinds == 0 && r.group.decides() && c.unknown.Action != ActionIgnore {
			b.warn(c.unknown.Pos, fmt.Sprintf("unknown: %s never applies: group %s at %s matches every machine", c.unknown, r.name, r.group.Pos),
				"expected selectors under match of that group")
		}
	}
	b.labelsNobodyGives(c)
	b.hostsWithoutProfile(c, groups)
}

// labelsNobodyGives finds groups that ask for a label nobody gives. Usually it is a slip of the hand.
func (b *builder) labelsNobodyGives(c *Catalog) {
	given := make(map[string][]string)
	note := func(labels map[string]string) {
		for key, value := range labels {
			if !slices.Contains(given[key], value) {
				given[key] = append(given[key], value)
			}
		}
	}
	for _, h := range c.hosts {
		note(h.Labels)
	}
	for _, g := range c.groups {
		note(g.Labels)
	}
	for _, r := range c.adopt {
		note(r.adopt.Labels)
		note(map[string]string{AdoptedBy: r.name})
	}
	for _, g := range c.groups {
		for _, key := range slices.Sorted(maps.Keys(g.Match.Labels)) {
			want := g.Match.Labels[key]
			if slices.ContainsFunc(given[key], func(v string) bool { return glob(want, v) }) {
				continue
			}
			hint := Hint(want, slices.Sorted(slices.Values(given[key])))
			if given[key] == nil {
				hint = Hint(key, slices.Sorted(maps.Keys(given)))
			}
			b.warn(g.Pos, fmt.Sprintf("group %s asks for label %s=%s, which no host and no group gives", g.Name, key, want), hint)
		}
	}
}

// hostsWithoutProfile finds hosts that get no profile from anywhere, so that the policy for unknown machines would apply to them.
func (b *builder) hostsWithoutProfile(c *Catalog, groups []*rule) {
	for _, h := range c.hosts {
		if h.Profile == "" && !h.Ignore && !slices.ContainsFunc(groups, func(r *rule) bool { return b.mayDecide(r.group, h, c.groups) }) {
			b.warn(h.Pos, "host "+h.Name+" gets no profile: the policy for unknown machines applies, "+c.unknown.String(),
				"expected profile here, or in a group it is in")
		}
	}
}

// mayDecide reports whether the group may say what a host boots.
func (b *builder) mayDecide(g *Group, h *Host, all []*Group) bool {
	if !g.decides() || g.Match.Known != nil && !*g.Match.Known || !b.all.overlap(&g.Match, &h.Match) {
		return false
	}
	for key, want := range g.Match.Labels {
		given := func(labels map[string]string) bool { v, ok := labels[key]; return ok && glob(want, v) }
		if !given(h.Labels) && !slices.ContainsFunc(all, func(o *Group) bool { return given(o.Labels) }) {
			return false
		}
	}
	return true
}
