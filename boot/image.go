// SPDX-License-Identifier: Apache-2.0

package boot

import (
	"slices"
	"strings"
)

// Image is an image that entries boot by name, as far as a catalog has to know it.
type Image struct {
	Kind   EntryKind // EntryKernel, EntryChain or EntryISO
	Kernel string    // names of files, as machines ask for them
	Initrd []string
	Target string // of EntryChain and EntryISO
	// Cmdline are arguments, of EntryChain too.
	Cmdline  []string // one word or more each, as templates
	Least    int64    // memory of a machine that boots it, in bytes; 0: not known
	Trouble  string   // why it cannot be booted; "": it can
	Expected string   // what would help
}

// noImage is an image of which nothing is known. Machines ask for a file of it, and are told that there is none.
func noImage(name string) *Image {
	return &Image{Kernel: name + "/kernel", Trouble: "is not here", Expected: "expected it to be pulled: bootlace images pull " + name}
}

// images finds the images that entries name.
func (b *builder) images() {
	for _, d := range b.spec.Profiles {
		b.imageOf(&d.Entry)
		if d.Start != nil {
			b.menuImages(d.Start)
		}
	}
}

func (b *builder) menuImages(m *Menu) {
	for _, e := range m.Entries {
		b.imageOf(e)
		if e.Menu != nil {
			b.menuImages(e.Menu)
		}
	}
}

func (b *builder) imageOf(e *Entry) {
	for _, v := range e.ByArch {
		b.imageOf(v)
	}
	if e.Image.S == "" {
		return
	}
	if b.spec.Images != nil {
		e.image = b.spec.Images(e.Image.S)
	}
	if e.image == nil {
		e.image = noImage(e.Image.S)
	}
}

// imageFile is where the texts that an image brings stand: the profile names only the image.
func imageFile(name string) string { return "image " + name }

// startImage makes an entry start an image, in the place of what it started. Arguments of another image go with that; all others stay, and
// win over those of the image.
func (e *Entry) startImage(over *Entry) {
	i := over.image
	own := slices.DeleteFunc(slices.Clone(e.Cmdline), func(t Text) bool { return strings.HasPrefix(t.Pos.File, imageFile("")) })
	text := func(s string) Text {
		if s == "" {
			return Text{}
		}
		return Text{S: s, Pos: over.Image.Pos}
	}
	e.Kind, e.Image, e.image = i.Kind, over.Image, i
	e.Kernel, e.Target, e.Script, e.Profile, e.Menu = text(i.Kernel), text(i.Target), Text{}, "", nil
	e.Initrd, e.Cmdline, e.LeastMemory = nil, nil, nil
	if i.Least > 0 {
		e.LeastMemory = &i.Least
	}
	for _, f := range i.Initrd {
		e.Initrd = append(e.Initrd, text(f))
	}
	for n, w := range i.Cmdline {
		e.Cmdline = append(e.Cmdline, Text{S: w, Pos: Pos{File: imageFile(over.Image.S), Line: n + 1, Column: 1}})
	}
	e.applyCmdline(&Entry{Cmdline: own})
}

// completeImage makes what a menu's entry says of an image into what is started, as apply does for a profile.
func (b *builder) completeImage(e *Entry) {
	if e.image == nil || b.imaged[e] {
		return
	}
	b.imaged[e] = true
	written := *e
	var v Entry
	v.apply(&written)
	v.takeOwn(&written)
	v.ByArch = written.ByArch
	*e = v
}
