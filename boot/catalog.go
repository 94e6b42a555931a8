// SPDX-License-Identifier: Apache-2.0

package boot

import (
	"cmp"
	"slices"
	"sync"
)

// Catalog is a whole configuration, ready to be asked. It never changes, so any number of goroutines may ask at once.
type Catalog struct {
	hosts     []*Host // by name
	groups    []*Group
	profiles  []*Profile
	adopt     []*rule // the most specific first
	unknown   Unknown
	stranger  []Step  // why a machine that no rule is for gets what unknown says
	local     Profile // for machines that have no profile: they go on with their own disks
	byName    map[string]*Host
	byProfile map[string]*Profile
	hostIdx   *index
	groupIdx  *index
	selectors selectors
	loaders   map[Arch][]Name // those that are tried where nobody names one
	questions sync.Pool       // memory of [Catalog.Plan]
}

// Hosts lists every host by name. Callers must not change what the accessors of a Catalog give them.
func (c *Catalog) Hosts() []*Host { return c.hosts }

// Groups lists every group by name.
func (c *Catalog) Groups() []*Group { return c.groups }

// Profiles lists every profile by name, with all they inherit.
func (c *Catalog) Profiles() []*Profile { return c.profiles }

// Unknown is the policy for machines that no rule is for.
func (c *Catalog) Unknown() Unknown { return c.unknown }

// MayWait reports whether machines may be told to wait until somebody decides.
func (c *Catalog) MayWait() bool {
	return c.unknown.Action == ActionWait || slices.ContainsFunc(c.groups, func(g *Group) bool { return g.Wait })
}

// Host finds a host by name; nil if there is none.
func (c *Catalog) Host(name string) *Host { return c.byName[name] }

// Profile finds a profile by name; nil if there is none.
func (c *Catalog) Profile(name string) *Profile { return c.byProfile[name] }

// Build makes a catalog out of s, whose parts it keeps: s must not be used again. If any of the problems is not a warning, the catalog is nil. The problems come in the order of
// their files and lines.
func Build(s Spec) (*Catalog, []Problem) {
	b := builder{spec: s, all: Selectors(), drafts: make(map[string]*Draft, len(s.Profiles)), completed: make(map[*Entry]bool), imaged: make(map[*Entry]bool), sets: make(map[string]map[Arch][]Name)}
	c := b.build()
	slices.SortStableFunc(b.problems, CompareProblems)
	if slices.ContainsFunc(b.problems, func(p Problem) bool { return !p.Warning }) {
		return nil, b.problems
	}
	return c, b.problems
}

type builder struct {
	spec      Spec
	all       selectors
	drafts    map[string]*Draft
	completed map[*Entry]bool            // menu entries whose variants are complete
	imaged    map[*Entry]bool            // menu entries whose images are merged in
	sets      map[string]map[Arch][]Name // of loaders, by name
	problems  []Problem
}

func (b *builder) build() *Catalog {
	c := &Catalog{
		unknown: b.spec.Unknown, selectors: b.all, byName: make(map[string]*Host, len(b.spec.Hosts)),
		byProfile: make(map[string]*Profile, len(b.spec.Profiles)),
	}
	c.loaders = b.defaultLoaders()
	c.local = *diskOf(&Profile{})
	c.stranger = []Step{{What: "no host and no group's profile is for this machine; unknown: " + c.unknown.String(), Pos: c.unknown.Pos}}
	b.images()
	b.profiles(c)
	hosts, groups := b.hosts(c), b.groups(c)
	b.policy(c)
	b.adoptRules(c)
	sortRules(hosts)
	sortRules(groups)
	c.hostIdx, c.groupIdx = b.all.index(hosts), b.all.index(groups)
	b.conflicts(c, groups)
	b.checkStarts(c)
	return c
}

func (b *builder) hosts(c *Catalog) []*rule {
	rules := make([]*rule, 0, len(b.spec.Hosts))
	for _, h := range b.spec.Hosts {
		if old := c.byName[h.Name]; old != nil {
			b.errorf(h.Pos, "host %s: already defined at %s", h.Name, old.Pos)
			continue
		}
		c.byName[h.Name] = h
		c.hosts = append(c.hosts, h)
		h.loaders = b.setLoaders(h.Loaders.S)
		b.reference(h.Profile, h.ProfilePos, h.Pos)
		b.hostMatch(h)
		rules = append(rules, b.all.hostRule(h))
	}
	slices.SortFunc(c.hosts, func(x, y *Host) int { return cmp.Compare(x.Name, y.Name) })
	return rules
}

func (b *builder) groups(c *Catalog) []*rule {
	byName := make(map[string]*Group, len(b.spec.Groups))
	rules := make([]*rule, 0, len(b.spec.Groups))
	for _, g := range b.spec.Groups {
		if old := byName[g.Name]; old != nil {
			b.errorf(g.Pos, "group %s: already defined at %s", g.Name, old.Pos)
			continue
		}
		byName[g.Name] = g
		c.groups = append(c.groups, g)
		g.loaders = b.setLoaders(g.Loaders.S)
		b.reference(g.Profile, g.ProfilePos, g.Pos)
		b.groupMatch(c, g)
		rules = append(rules, b.all.groupRule(g))
	}
	slices.SortFunc(c.groups, func(x, y *Group) int { return cmp.Compare(x.Name, y.Name) })
	return rules
}

func (b *builder) policy(c *Catalog) {
	u := b.spec.Unknown
	if u.Action != ActionBoot {
		return
	}
	b.reference(u.Profile, u.Pos, u.Pos)
	if by := c.installs(u.Profile); by != "" && !u.AllowDestructive {
		b.problems = append(b.problems, Problem{Pos: u.Pos,
			What:     "unknown machines would be installed by the destructive profile " + by,
			Expected: "expected a harmless profile, or allow_destructive: true beside it"})
	}
}

// reference checks that a profile exists; no name is no reference.
func (b *builder) reference(name string, pos, fallback Pos) {
	if name == "" || b.drafts[name] != nil {
		return
	}
	if pos.Line == 0 {
		pos = fallback
	}
	b.problems = append(b.problems, Problem{Pos: pos, What: "no profile is named " + name,
		Expected: Hint(name, b.profileNames())})
}

func (b *builder) profileNames() []string {
	names := make([]string, 0, len(b.drafts))
	for name := range b.drafts {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
