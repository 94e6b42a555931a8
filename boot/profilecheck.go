// SPDX-License-Identifier: Apache-2.0

package boot

import (
	"maps"
	"slices"
	"unicode/utf8"
)

// checkProfile finds what is wrong with one resolved profile. What it inherited is complained about where it stands, and
// so only once.
func (b *builder) checkProfile(p *Profile) {
	b.checkLoaders(p)
	for _, key := range slices.Sorted(maps.Keys(p.Files)) {
		b.checkFile(p.Files[key])
	}
	if p.Start != nil {
		b.checkMenu(p.Start)
	}
}

func (b *builder) checkFile(f *FileSpec) {
	if _, err := ParseName(f.Path); err != nil {
		b.reportOnce(Problem{Pos: f.Pos, What: "file " + f.Path + ": " + err.Error(), Expected: "expected a path inside the tree, such as preseed.cfg"})
	}
}

func (b *builder) checkMenu(m *Menu) {
	if len(m.Entries) == 0 {
		b.reportOnce(Problem{Pos: m.Pos, What: "the menu is empty", Expected: "expected at least one entry"})
	}
	var names []string
	for _, e := range m.Entries {
		if slices.Contains(names, e.Name) {
			b.reportOnce(Problem{Pos: e.Pos, What: "menu entry " + e.Name + " is there twice", Expected: "expected another name"})
		}
		names = append(names, e.Name)
		b.checkEntry(e)
	}
	if m.Default != "" && !slices.Contains(names, m.Default) {
		b.reportOnce(Problem{Pos: m.Pos, What: "the menu has no entry " + m.Default + " to be its default", Expected: Hint(m.Default, names)})
	}
	b.checkHotkeys(m)
}

func (b *builder) checkHotkeys(m *Menu) {
	owner := make(map[string]string)
	for _, e := range m.Entries {
		switch old := owner[e.Hotkey]; {
		case e.Hotkey == "":
		case utf8.RuneCountInString(e.Hotkey) != 1 || e.Hotkey[0] <= ' ' || e.Hotkey[0] > '~':
			b.reportOnce(Problem{Pos: e.Pos, What: "hotkey " + e.Hotkey, Expected: "expected one printable ASCII character"})
		case old != "":
			b.reportOnce(Problem{Pos: e.Pos, What: "hotkey " + e.Hotkey + " belongs to entry " + old + " already", Expected: "expected another one"})
		default:
			owner[e.Hotkey] = e.Name
		}
	}
}

func (b *builder) checkEntry(e *Entry) {
	b.completeImage(e)
	switch {
	case e.Kind == EntryProfile:
		if b.drafts[e.Profile] == nil {
			b.reportOnce(Problem{Pos: e.Pos, What: "no profile is named " + e.Profile, Expected: Hint(e.Profile, b.profileNames())})
		}
	case e.Kind == EntryMenu && e.Menu != nil:
		b.checkMenu(e.Menu)
	case !e.Boots() && !slices.ContainsFunc(slices.Collect(maps.Values(e.ByArch)), (*Entry).Boots):
		b.reportOnce(Problem{Pos: e.Pos, What: "menu entry " + e.Name + " starts nothing",
			Expected: "expected kernel, image, profile, local, shell, chain, ipxe, iso, wimboot, memdisk, multiboot or menu"})
	}
	b.completeVariants(e)
}

// completeVariants turns the written variants of a menu's entry into complete ones, as resolve does for a profile. An entry of a
// menu that several profiles inherit comes here more than once; its variants are complete after the first time.
func (b *builder) completeVariants(e *Entry) {
	if len(e.ByArch) == 0 || b.completed[e] {
		return
	}
	b.completed[e] = true
	written := *e
	e.ByArch = nil
	for a := range Arch(archCount) {
		v := written
		if v.applyVariants(&written, a) {
			v.takeOwn(&written)
			e.setVariant(a, &v)
		}
	}
}

// reportOnce reports a problem unless it has been reported through another profile that inherits the same text.
func (b *builder) reportOnce(p Problem) {
	if !slices.Contains(b.problems, p) {
		b.problems = append(b.problems, p)
	}
}

// starts reports whether a profile starts anything at all: a base for others need not.
func (p *Profile) starts() bool {
	return p.Start != nil || p.Boots() || slices.ContainsFunc(slices.Collect(maps.Values(p.ByArch)), (*Entry).Boots)
}

// checkStarts complains about rules whose profile starts nothing.
func (b *builder) checkStarts(c *Catalog) {
	complain := func(name string, pos Pos) {
		if p := c.byProfile[name]; p != nil && !p.starts() {
			b.problems = append(b.problems, Problem{Pos: pos, What: "profile " + name + " starts nothing",
				Expected: "expected kernel, image, local, shell, chain, ipxe, iso, wimboot, memdisk, multiboot or menu in it or in what it inherits"})
		}
	}
	for _, h := range c.hosts {
		complain(h.Profile, orPos(h.ProfilePos, h.Pos))
	}
	for _, g := range c.groups {
		complain(g.Profile, orPos(g.ProfilePos, g.Pos))
	}
	complain(c.unknown.Profile, c.unknown.Pos)
}
