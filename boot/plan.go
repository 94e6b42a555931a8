// SPDX-License-Identifier: Apache-2.0

package boot

import "slices"

// Action is what is to be done for a machine.
type Action uint8

// The actions.
const (
	ActionIgnore Action = iota // say nothing: the machine is not ours
	ActionBoot                 // boot what the profile says
	ActionMenu                 // show the menu of what there is
	ActionWait                 // tell the machine to ask again, until somebody decides what it is
)

// String names the action.
func (a Action) String() string { return [...]string{"ignore", "boot", "menu", "wait"}[a] }

// Plan is the answer of a Catalog to the question what a machine should boot. It stays valid for ever: it belongs to the
// catalog it came from.
type Plan struct {
	Action  Action
	Client  Client   // the question, with the labels of the host and groups that were found
	Host    *Host    // nil: no host matched
	Groups  []*Group // in the order they were applied, least specific first
	Profile *Profile // resolved through all it inherits; nil for ActionIgnore, for ActionWait and for the default menu
	Vars    Vars     // merged: profile, groups, host; later ones win
	Loader  Name     // the program a ROM of this architecture is to load, machine prefix included; no Base: it needs none
	Second  Name     // the program that it is to load if it turns out that Loader does not come up; no Base: there is none
	Script  Name     // what an iPXE is to run, machine prefix included

	Install    *Install // how the profile that it comes to by itself installs it; nil: it does not, or nobody counts
	Generation int      // which installation of this machine is wanted, from 1; more than before: once more
	Replaced   *Profile // in whose place Profile is, see [Catalog.Instead]; nil: nobody's
	ToDisk     bool     // the machine is to go on with its own disk, by whatever way is the shortest; see [Catalog.Local]

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
	p.complete(c)
	return p
}

// complete fills in what follows from the profile.
func (p *Plan) complete(c *Catalog) {
	p.Vars, p.Strategy = layers(p)
	p.Loader, p.Second, p.Script, p.Install, p.Generation = Name{}, Name{}, Name{}, nil, generation(p)
	if p.Action == ActionIgnore {
		return
	}
	p.programs(p.loaders(p.Client.Arch(), c.loaders))
	p.Script = Name{Kind: KindIPXE, Base: "boot.ipxe"}.For(p.Client.MAC)
	if p.Profile != nil {
		p.Install, p.ToDisk = p.Profile.policy, p.Profile.toDisk(p.Client.Arch())
	}
}

// programs takes the loaders that the machine's firmware is to try.
func (p *Plan) programs(names []Name) {
	if len(names) > 0 && names[0].Base != "" {
		p.Loader = names[0].For(p.Client.MAC)
	}
	if len(names) > 1 && names[1].Base != "" {
		p.Second = names[1].For(p.Client.MAC)
	}
}

// OtherLoader gives the plan with the two programs for its firmware exchanged; the same plan if there is only one.
func (p Plan) OtherLoader() Plan {
	if p.Second.Base != "" {
		p.Loader, p.Second = p.Second, p.Loader
	}
	return p
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
	name := c.unknown.Profile
	if host == nil && len(groups) == 0 { // anybody can send packets with invented addresses: nothing is made for them
		p.Action, p.Why = c.unknown.Action, c.stranger[:1:1]
	} else {
		var why Step
		name, p.Action, why = c.choice(host, groups)
		p.Why = append(p.Why, why)
	}
	if p.Action == ActionBoot {
		p.Profile = c.byProfile[name]
	}
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
		case r.group.Wait:
			return "", ActionWait, r.outcome
		case r.group.Profile != "":
			return r.group.Profile, ActionBoot, r.outcome
		}
	}
	why = c.stranger[0]
	if host != nil {
		why.What = "neither host " + host.name + " nor a group names a profile; unknown: " + c.unknown.String()
	}
	return c.unknown.Profile, c.unknown.Action, why
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
