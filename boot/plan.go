// SPDX-License-Identifier: Apache-2.0

package boot

import (
	"cmp"
	"maps"
	"slices"
)

// Action is what is to be done for a machine.
type Action uint8

// The actions.
const (
	ActionIgnore Action = iota // say nothing: the machine is not ours
	ActionBoot                 // boot what the profile says
	ActionMenu                 // show the menu of what there is
)

// String names the action.
func (a Action) String() string { return [...]string{"ignore", "boot", "menu"}[a] }

// Plan is the answer of a Catalog to the question what a machine should boot. It stays valid for ever: it belongs to the
// catalog it came from.
type Plan struct {
	Action  Action
	Client  Client   // the question, with the labels of the host and groups that were found
	Host    *Host    // nil: no host matched
	Groups  []*Group // in the order they were applied, least specific first
	Profile *Profile // resolved through all it inherits; nil for ActionIgnore and for the default menu
	Vars    Vars     // merged: profile, groups, host; later ones win
	Loader  Name     // the program a ROM of this architecture is to load, machine prefix included; no Base: it needs none
	Script  Name     // what an iPXE is to run, machine prefix included

	Strategy Strategy // pinned by the configuration; StrategyAuto lets the responder choose
	Why      []Step   // how it came to this, for logs and explain
}

// Step is one decision on the way to a plan.
type Step struct {
	What string // "host node1: mac 52:54:00:12:34:56 (weight 16384)"
	Pos  Pos    // where the rule stands; may be unknown
}

// Reason is the last step in words: one line for a log.
func (p Plan) Reason() string {
	if len(p.Why) == 0 {
		return ""
	}
	return p.Why[len(p.Why)-1].What
}

// Plan decides what a machine should boot.
//
// Of all hosts that match, the most specific one counts. All groups that match are applied; the host's profile comes
// first, then that of the most specific group that has one, then the policy for unknown machines.
func (c *Catalog) Plan(client Client) Plan {
	if client.UUID.Placeholder() {
		client.UUID = UUID{}
	}
	q := c.ask(client)
	var p Plan
	host := c.bestHost(&p, q)
	groups := c.matchingGroups(&p, q)
	p.Client = q.client
	c.questions.Put(q)
	c.decide(&p, host, groups)
	if p.Action != ActionIgnore {
		if loader := loaderFor(p.Profile, p.Client.Arch()); loader.Base != "" {
			p.Loader = loader.For(client.MAC)
		}
		p.Script = Name{Kind: KindIPXE, Base: "boot.ipxe"}.For(client.MAC)
	}
	return p
}

// question is a client on its way through the selectors, in memory that is used again: they are called by their table, so what they
// are given lives on the heap.
type question struct {
	client Client
	room   [16]*rule
}

func (c *Catalog) ask(client Client) *question {
	q, ok := c.questions.Get().(*question)
	if !ok {
		q = &question{}
	}
	q.client = client
	return q
}

func (c *Catalog) bestHost(p *Plan, q *question) *rule {
	var best, second *rule
	for _, r := range c.hostIdx.candidates(&q.client, q.room[:0]) {
		switch {
		case r == best || r == second || !r.matches(&q.client, true):
		case best == nil || r.order < best.order:
			best, second = r, best
		case second == nil || r.order < second.order:
			second = r
		}
	}
	if best == nil {
		return nil
	}
	p.Host = best.host
	if len(best.host.Labels) > 0 {
		q.client.Labels = mergeLabels(q.client.Labels, best.host.Labels)
	}
	p.Why = append(make([]Step, 0, 4), best.step)
	if second != nil {
		p.Why = append(p.Why, tieBreak(best, second))
	}
	return best
}

// tieBreak says why the first of two rules won.
func tieBreak(won, lost *rule) Step {
	what := "host " + lost.name + " matches too, but is less specific"
	if compareRank(won.rank, lost.rank) == 0 {
		what = "host " + lost.name + " matches just as well, but comes later by name"
	}
	return Step{What: what, Pos: lost.step.Pos}
}

// matchingGroups finds the groups of a client, the most specific first. Groups that select by labels are asked after the
// others, so that they see the labels those give.
func (c *Catalog) matchingGroups(p *Plan, q *question) []*rule {
	all := c.groupIdx.candidates(&q.client, q.room[:0])
	if len(all) == 0 {
		return nil
	}
	found := make([]*rule, 0, 4)
	for _, labels := range [...]bool{false, true} {
		for _, r := range all {
			if r.labels == labels && r.matches(&q.client, p.Host != nil) && !slices.Contains(found, r) {
				found = append(found, r)
			}
		}
		if !labels {
			slices.SortFunc(found, func(a, b *rule) int { return cmp.Compare(b.order, a.order) })
			q.groupLabels(p.Host, found)
		}
	}
	slices.SortFunc(found, func(a, b *rule) int { return cmp.Compare(a.order, b.order) })
	return found
}

// groupLabels adds the labels of groups, least specific first, under those of the host.
func (q *question) groupLabels(host *Host, groups []*rule) {
	for _, r := range groups {
		if len(r.group.Labels) > 0 {
			q.client.Labels = mergeLabels(q.client.Labels, r.group.Labels)
		}
	}
	if host != nil && len(host.Labels) > 0 && len(groups) > 0 {
		q.client.Labels = mergeLabels(q.client.Labels, host.Labels)
	}
}

func mergeLabels(under, over map[string]string) map[string]string {
	if len(under) == 0 {
		return over
	}
	out := maps.Clone(under)
	maps.Copy(out, over)
	return out
}

// decide fills in what follows from the rules that were found.
func (c *Catalog) decide(p *Plan, host *rule, groups []*rule) {
	if len(groups) > 0 {
		p.Groups = make([]*Group, 0, len(groups))
	}
	for _, r := range slices.Backward(groups) {
		p.Groups = append(p.Groups, r.group)
		p.Why = append(p.Why, r.step)
	}
	name, action, why := c.choice(host, groups)
	p.Action, p.Why = action, append(p.Why, why)
	if action == ActionBoot {
		p.Profile = c.byProfile[name]
	}
	p.Vars, p.Strategy = layers(p)
}

// choice names the profile, or what is done without one.
func (c *Catalog) choice(host *rule, groups []*rule) (profile string, action Action, why Step) {
	switch {
	case host == nil:
	case host.host.Ignore:
		return "", ActionIgnore, host.outcome
	case host.host.Profile != "":
		return host.host.Profile, ActionBoot, host.outcome
	}
	for _, r := range groups {
		switch {
		case r.group.Ignore:
			return "", ActionIgnore, r.outcome
		case r.group.Profile != "":
			return r.group.Profile, ActionBoot, r.outcome
		}
	}
	what := "no host and no group's profile is for this machine; unknown: "
	if host != nil {
		what = "neither host " + host.name + " nor a group names a profile; unknown: "
	}
	return c.unknown.Profile, c.unknown.Action, Step{What: what + c.unknown.String(), Pos: c.unknown.Pos}
}

// layers merges what profile, groups and host say; the later ones win.
func layers(p *Plan) (vars Vars, strategy Strategy) {
	add := func(v Vars, s *Strategy) {
		switch {
		case len(vars) == 0:
			vars = v
		case len(v) > 0:
			vars = vars.Merge(v)
		}
		if s != nil {
			strategy = *s
		}
	}
	if p.Profile != nil {
		add(p.Profile.Vars, p.Profile.Strategy)
	}
	for _, g := range p.Groups {
		add(g.Vars, g.Strategy)
	}
	if p.Host != nil {
		add(p.Host.Vars, p.Host.Strategy)
	}
	return vars, strategy
}
