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
		b.checkProfile(p)
	}
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
		p.take(d)
	}
	p.own(&own.Entry)
	p.variants(chain)
	return p
}

// own gives an entry what is never inherited.
func (e *Entry) own(from *Entry) {
	e.Name, e.Title, e.Pos, e.Hotkey, e.Hidden = from.Name, from.Title, from.Pos, from.Hotkey, from.Hidden
	e.CmdlineReplace, e.CmdlineRemove = false, nil
}

// take applies what a draft says beside its entry.
func (p *Profile) take(d *Draft) {
	maps.Copy(p.Loader, d.Loader)
	maps.Copy(p.Files, d.Files)
	p.Vars = p.Vars.Merge(d.Vars)
	if d.Strategy != nil {
		p.Strategy = d.Strategy
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
	case d.Start != nil:
		p.Start = d.Start
	case d.NoStart:
		p.Start = nil
	}
}

// variants makes an entry for every architecture that some draft of the chain speaks of. Each draft is applied as a
// whole, its plain part and then its variants, so a draft has the last word about what it inherits here too.
func (p *Profile) variants(chain []*Draft) {
	p.ByArch = nil
	for a := range Arch(archCount) {
		var e Entry
		special := false
		for _, d := range chain {
			e.apply(&d.Entry)
			special = e.applyVariants(&d.Entry, a) || special
		}
		if special {
			e.own(&p.Entry)
			p.setVariant(a, &e)
		}
	}
}

func (e *Entry) setVariant(a Arch, v *Entry) {
	v.ByArch = nil
	if e.ByArch == nil {
		e.ByArch = make(map[string]*Entry)
	}
	e.ByArch[a.String()] = v
}

// applyVariants applies what an entry says for the architecture, the least specific key first, and reports whether it
// says anything.
func (e *Entry) applyVariants(from *Entry, a Arch) bool {
	found := false
	for _, key := range slices.Backward(a.Keys()) {
		v := from.ByArch[key]
		if v == nil || a.Plain() == ArchBIOS && key == ArchX64.CPU() && from.ByArch[ArchBIOS.CPU()] != nil {
			continue
		}
		e.apply(v)
		found = true
	}
	return found
}

// apply lets another entry win wherever it says something. If it says what to start, and that is of another kind, all
// that belonged to the old kind goes.
func (e *Entry) apply(over *Entry) {
	if over.Boots() && over.Kind != e.Kind {
		e.Kind = over.Kind
		e.Kernel, e.Initrd, e.Cmdline = Text{}, nil, nil
		e.Target, e.Script, e.Profile, e.Menu = Text{}, Text{}, "", nil
	}
	e.Kernel = either(over.Kernel, e.Kernel)
	e.Target = either(over.Target, e.Target)
	e.Script = either(over.Script, e.Script)
	e.Profile = cmp.Or(over.Profile, e.Profile)
	e.Password = cmp.Or(over.Password, e.Password)
	if over.Initrd != nil {
		e.Initrd = over.Initrd
	}
	if over.Menu != nil {
		e.Menu = over.Menu
	}
	e.applyCmdline(over)
}

func either(over, under Text) Text {
	if over.S != "" {
		return over
	}
	return under
}

// applyCmdline merges by key: the words of over take the place of all words with their keys, or go to the end.
func (e *Entry) applyCmdline(over *Entry) {
	if over.CmdlineReplace {
		e.Cmdline = nil
	}
	out := slices.DeleteFunc(slices.Clone(e.Cmdline), func(t Text) bool {
		return slices.Contains(over.CmdlineRemove, cmdlineKey(t)) || slices.Contains(over.CmdlineRemove, t.S)
	})
	var keys []string
	for _, word := range over.Cmdline {
		if k := cmdlineKey(word); !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
	}
	for _, k := range keys {
		out = replaceKey(out, k, over.Cmdline)
	}
	if len(out) > 0 || over.CmdlineReplace {
		e.Cmdline = out
	}
}

// replaceKey puts the words of key that over has where the first one of that key was, and drops the others.
func replaceKey(words []Text, key string, over []Text) []Text {
	is := func(t Text) bool { return cmdlineKey(t) == key }
	at := slices.IndexFunc(words, is)
	if at < 0 {
		at = len(words)
	}
	words = slices.DeleteFunc(words, is)
	for _, w := range over {
		if is(w) {
			words = slices.Insert(words, at, w)
			at++
		}
	}
	return words
}

// cmdlineKey is what stands before the first '=' of a word. The kernel takes '-' and '_' in it for the same
// (parameqn in kernel/params.c).
func cmdlineKey(t Text) string {
	key, _, _ := strings.Cut(t.S, "=")
	if strings.Trim(key, "-") == "" {
		return key // the separators -- and --- of the kernel and of Debian's installer
	}
	return strings.ReplaceAll(key, "-", "_")
}
