// SPDX-License-Identifier: Apache-2.0

package boot

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// profiles resolves every draft into the catalog.
func (b *builder) profiles(c *Catalog) {
	for _, d := range b.spec.Profiles {
		if old := b.drafts[d.Name]; old != nil {
			b.errorf(d.Pos, "profile %s: already defined at %s", d.Name, old.Pos)
			continue
		}
		b.drafts[d.Name] = d
	}
	for _, d := range b.spec.Profiles {
		if b.drafts[d.Name] == d && b.parents(d) {
			p := resolve(b.chain(d))
			c.byProfile[p.Name] = p
			c.profiles = append(c.profiles, p)
		}
	}
	slices.SortFunc(c.profiles, func(x, y *Profile) int { return cmp.Compare(x.Name, y.Name) })
	for _, p := range c.profiles {
		p.set = b.setLoaders(p.Loaders.S)
		b.checkProfile(p)
		p.local, p.policy = diskOf(p), c.policyOf(p)
	}
	b.checkInstalls(c)
}

// parents checks what a draft says it inherits. A cycle is reported once, where its first member by name closes it.
func (b *builder) parents(d *Draft) bool {
	ok := true
	for i, name := range d.Inherits {
		if b.drafts[name] == nil {
			b.reference(name, d.InheritsPos[i], d.Pos)
			ok = false
		}
	}
	cycle := b.cycle(d)
	if len(cycle) > 0 && d.Name == slices.Min(cycle) {
		at := d.Pos
		if i := slices.Index(d.Inherits, cycle[1]); i >= 0 {
			at = d.InheritsPos[i]
		}
		b.problems = append(b.problems, Problem{Pos: at,
			What: "profile " + d.Name + " inherits itself", Expected: strings.Join(cycle, " -> ")})
	}
	return ok && len(cycle) == 0 && !b.reachesCycle(d)
}

// cycle gives the way from a draft back to itself, both ends included; nil if there is none.
func (b *builder) cycle(d *Draft) []string {
	seen := make(map[string]bool)
	var walk func(name string) []string
	walk = func(name string) []string {
		next := b.drafts[name]
		if next == nil {
			return nil
		}
		for _, parent := range next.Inherits {
			if parent == d.Name {
				return []string{name, parent}
			}
			if seen[parent] {
				continue
			}
			seen[parent] = true
			if rest := walk(parent); rest != nil {
				return append([]string{name}, rest...)
			}
		}
		return nil
	}
	return walk(d.Name)
}

// reachesCycle reports whether something a draft inherits, however far away, inherits itself.
func (b *builder) reachesCycle(d *Draft) bool {
	for _, a := range b.chain(d) {
		if a != d && len(b.cycle(a)) > 0 {
			return true
		}
	}
	return false
}

// chain lists what a draft consists of, in the order in which it is applied: those it inherits in the order written, each
// after its own parents and only once, then the draft itself. So of two parents the later one wins, and a profile that
// several parents share never undoes what one of them changed.
func (b *builder) chain(d *Draft) []*Draft {
	var out []*Draft
	seen := make(map[*Draft]bool)
	var walk func(d *Draft)
	walk = func(d *Draft) {
		if d == nil || seen[d] {
			return
		}
		seen[d] = true
		for _, name := range d.Inherits {
			walk(b.drafts[name])
		}
		out = append(out, d)
	}
	walk(d)
	return out
}

// resolve applies a chain; the last of it gives the name.
func resolve(chain []*Draft) *Profile {
	own := chain[len(chain)-1]
	p := &Profile{Inherits: own.Inherits, Loader: map[string]Text{}, Files: map[string]*FileSpec{}}
	for _, d := range chain {
		p.Entry.apply(&d.Entry)
		p.applyRest(d)
	}
	p.takeOwn(&own.Entry)
	p.variants(chain)
	if p.Install != nil {
		p.Install.complete()
	}
	return p
}

// applyRest applies what a draft says beside its entry.
func (p *Profile) applyRest(d *Draft) {
	maps.Copy(p.Loader, d.Loader)
	maps.Copy(p.Files, d.Files)
	p.Vars = p.Vars.Merge(d.Vars)
	if d.Strategy != nil {
		p.Strategy = d.Strategy
	}
	if d.HTTPS != nil {
		p.HTTPS = d.HTTPS
	}
	if d.Loaders.S != "" {
		p.Loaders = d.Loaders
	}
	if d.ChainLoader != nil {
		p.ChainLoader = d.ChainLoader
	}
	switch {
	case d.Destructive:
		p.Destructive = true
	case d.NotDestructive:
		p.Destructive = false
	}
	switch {
	case d.Install != nil:
		p.Install = d.Install.over(p.Install)
	case d.NoInstall:
		p.Install = nil
	}
	switch {
	case d.Start != nil:
		p.Start = d.Start
	case d.NoStart:
		p.Start = nil
	}
}
