// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"maps"
	"slices"
	"strings"
	"text/template"

	"github.com/bootlace-net/bootlace/boot"
)

// compileAll parses every template there is, the shared ones first.
func (t *Tree) compileAll() []boot.Problem {
	problems := t.compilePartials()
	if t.catalog == nil {
		return problems
	}
	for _, p := range t.catalog.Profiles() {
		for _, key := range textsOf(p) {
			if _, done := t.texts[key]; done {
				continue
			}
			c := t.compile(key.Text, key.slot)
			t.texts[key] = c
			if c.err != nil {
				problems = append(problems, problem("profile "+p.Name, c.err))
			}
		}
	}
	return problems
}

func (t *Tree) compilePartials() []boot.Problem {
	var problems []boot.Problem
	t.partials = template.New("").Funcs(t.opts.funcs()).Option("missingkey=error")
	for _, name := range t.partialNames() {
		src := t.opts.Templates[name]
		tmpl, err := t.partials.New(name).Parse(src.S)
		if err == nil {
			err = rewrite(tmpl.Tree, slotFile)
		}
		if err != nil {
			problems = append(problems, problem("template "+name, t.positioned(src.Pos, err)))
		}
	}
	return problems
}

func (t *Tree) partialNames() []string { return slices.Sorted(maps.Keys(t.opts.Templates)) }

// textsOf lists the texts of a profile with the slots they land in.
func textsOf(p *boot.Profile) []textKey {
	keys := entryTexts(&p.Entry, nil)
	if p.Start != nil {
		keys = menuTexts(p.Start, keys)
	}
	for _, name := range slices.Sorted(maps.Keys(p.Files)) {
		f := p.Files[name]
		if isTemplate(f.Path) {
			keys = append(keys, textKey{f.PathText(), slotKey})
		}
		if !f.Raw {
			keys = append(keys, textKey{f.Template, slotFile})
		}
	}
	return keys
}

func menuTexts(m *boot.Menu, keys []textKey) []textKey {
	keys = append(keys, textKey{m.Picture, slotPath})
	for _, e := range m.Entries {
		keys = entryTexts(e, keys)
		if e.Menu != nil {
			keys = menuTexts(e.Menu, keys)
		}
	}
	return keys
}

func entryTexts(e *boot.Entry, keys []textKey) []textKey {
	keys = append(keys, textKey{e.Kernel, slotPath}, textKey{e.Target, slotPath}, textKey{e.Script, slotScript})
	for _, t := range slices.Concat(e.Initrd, e.Cmdline) {
		keys = append(keys, textKey{t, slotWords})
	}
	for _, a := range slices.Sorted(maps.Keys(e.ByArch)) {
		keys = entryTexts(e.ByArch[a], keys)
	}
	return keys
}

// compile parses a text once. Every value of it is sent through the guard of the slot.
func (t *Tree) compile(src boot.Text, s slot) *text {
	c := &text{src: src}
	if !strings.Contains(src.S, "{{") {
		return c
	}
	set := t.partials
	if usesPartials(src.S) {
		var err error
		if set, err = set.Clone(); err != nil {
			c.err = err
			return c
		}
	}
	tmpl, err := set.New(templateName).Parse(src.S)
	if err == nil {
		err = rewrite(tmpl.Tree, s)
	}
	if err != nil {
		c.err = t.placed(src, s, err)
		return c
	}
	c.tmpl = tmpl
	return c
}

// usesPartials is a cheap guess that never says no wrongly: a set of its own is only needed by a text that calls others
// or defines some.
func usesPartials(s string) bool {
	return strings.Contains(s, "include") || strings.Contains(s, "template") || strings.Contains(s, "define") || strings.Contains(s, "block")
}
