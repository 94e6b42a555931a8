// SPDX-License-Identifier: Apache-2.0

package boot

import (
	"maps"
	"slices"
	"strings"
)

// MissingFiles gives a problem for every file that a profile names and that does not exist, in the order of files and
// lines. Names that are URLs or that a template makes are not looked at, nor are the profile's own rendered files. The
// nearest of names is given as a hint.
func (c *Catalog) MissingFiles(exists func(name string) bool, names []string) []Problem {
	m := missing{exists: exists, names: names, seen: make(map[Text]bool)}
	for _, p := range c.profiles {
		m.own = p.Files
		m.entry(&p.Entry)
		if p.Start != nil {
			m.menu(p.Start)
		}
		for _, key := range slices.Sorted(maps.Keys(p.Loader)) {
			m.file("loader", p.Loader[key], p.Loader[key].S)
		}
	}
	slices.SortStableFunc(m.problems, CompareProblems)
	return m.problems
}

type missing struct {
	exists   func(string) bool
	names    []string
	seen     map[Text]bool
	own      map[string]*FileSpec
	problems []Problem
}

func (m *missing) menu(menu *Menu) {
	m.file("picture", menu.Picture, menu.Picture.S)
	for _, e := range menu.Entries {
		m.entry(e)
		if e.Menu != nil {
			m.menu(e.Menu)
		}
	}
}

func (m *missing) entry(e *Entry) {
	for _, v := range e.ByArch {
		m.entry(v)
	}
	what := "kernel"
	if e.Kind != EntryKernel {
		what = "program"
	}
	m.file(what, e.Kernel, e.Kernel.S)
	m.file(e.Kind.String(), e.Target, e.Target.S)
	for _, t := range e.Initrd {
		m.file("file", t, fileOf(e.Kind, t.S))
	}
}

// fileOf takes the file out of "name=file" of wimboot and "file arguments" of a multiboot module.
func fileOf(k EntryKind, s string) string {
	switch k {
	case EntryWimboot:
		_, s, _ = strings.Cut(s, "=")
	case EntryModules:
		s, _, _ = strings.Cut(s, " ")
	default:
	}
	return s
}

func (m *missing) file(what string, t Text, name string) {
	if name == "" || m.seen[t] || strings.Contains(name, "{{") || strings.Contains(name, "://") {
		return
	}
	m.seen[t] = true
	n, err := ParseName(name)
	if err == nil && (n.Kind != KindFile || m.own[n.String()] != nil || m.exists(n.String())) {
		return
	}
	p := Problem{Pos: t.Pos, What: what + " " + name + " does not exist", Expected: "expected a file below images"}
	if near := Nearest(n.String(), m.names); near != "" {
		p.Expected = "did you mean " + near + "?"
	}
	m.problems = append(m.problems, p)
}
