// SPDX-License-Identifier: Apache-2.0

package boot

import (
	"maps"
	"slices"
	"strings"
)

// FileUse is a file that a profile names, and where.
type FileUse struct {
	What string // what it is for: "kernel", "loader", "picture"
	As   string // the name, as it is written
	Name string // the name that is looked up; "" where nobody can ask for what is written
	Pos  Pos

	Trouble, Expected string // of an image that cannot be booted: why, and what would help
}

// Files lists every file that profiles name, in the order of files and lines. Names that are URLs or that a template makes
// are left out, and so are those that are rendered.
func (c *Catalog) Files() []FileUse {
	u := uses{seen: make(map[Text]bool)}
	for _, p := range c.profiles {
		u.rendered = p.Files
		u.entry(&p.Entry)
		if p.Start != nil {
			u.menu(p.Start)
		}
		u.set(p.Loaders, p.set != nil)
		if i := p.Install; i != nil {
			u.file("success file", Text{S: i.Success.Path, Pos: i.Success.Pos}, i.Success.Path)
		}
		for _, key := range slices.Sorted(maps.Keys(p.Loader)) {
			u.file("loader", p.Loader[key], p.Loader[key].S)
		}
	}
	for _, g := range c.groups {
		u.set(g.Loaders, g.loaders != nil)
	}
	for _, h := range c.hosts {
		u.set(h.Loaders, h.loaders != nil)
	}
	slices.SortStableFunc(u.list, func(a, b FileUse) int { return CompareProblems(Problem{Pos: a.Pos}, Problem{Pos: b.Pos}) })
	return u.list
}

type uses struct {
	seen     map[Text]bool
	rendered map[string]*FileSpec // the profile's own files
	list     []FileUse
}

func (u *uses) menu(menu *Menu) {
	u.file("picture", menu.Picture, menu.Picture.S)
	for _, e := range menu.Entries {
		u.entry(e)
		if e.Menu != nil {
			u.menu(e.Menu)
		}
	}
}

func (u *uses) entry(e *Entry) {
	for _, v := range e.ByArch {
		u.entry(v)
	}
	if i := e.image; i != nil && i.Trouble != "" {
		u.image(e)
		return
	}
	what := "kernel"
	if e.Kind != EntryKernel {
		what = "program"
	}
	u.file(what, e.Kernel, e.Kernel.S)
	u.file(e.Kind.String(), e.Target, e.Target.S)
	for _, t := range e.Initrd {
		_, file, _ := SplitPlaced(e.Kind, t.S)
		u.file("file", t, file)
	}
}

// image lists an image in the place of its files.
func (u *uses) image(e *Entry) {
	if !u.seen[e.Image] {
		u.seen[e.Image] = true
		u.list = append(u.list, FileUse{What: "image", As: e.Image.S, Pos: e.Image.Pos, Trouble: e.image.Trouble, Expected: e.image.Expected})
	}
}

func (u *uses) file(what string, t Text, name string) {
	if name == "" || u.seen[t] || strings.Contains(name, "{{") || strings.Contains(name, "://") {
		return
	}
	u.seen[t] = true
	n, err := ParseName(name)
	if err == nil && (n.Kind != KindFile || u.rendered[n.String()] != nil) {
		return
	}
	u.list = append(u.list, FileUse{What: what, As: name, Name: n.String(), Pos: t.Pos})
}
