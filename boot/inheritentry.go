// SPDX-License-Identifier: Apache-2.0

package boot

import (
	"cmp"
	"slices"
	"strings"
)

// takeOwn gives an entry what is never inherited.
func (e *Entry) takeOwn(from *Entry) {
	e.Name, e.Title, e.Pos, e.Hotkey, e.Hidden = from.Name, from.Title, from.Pos, from.Hotkey, from.Hidden
	e.CmdlineReplace, e.CmdlineRemove = false, nil
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
			e.takeOwn(&p.Entry)
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
	if over.image != nil {
		e.startImage(over)
	}
	if over.Boots() && over.Kind != e.Kind {
		e.Kind = over.Kind
		e.Kernel, e.Initrd, e.Cmdline, e.LeastMemory = Text{}, nil, nil, nil
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
	if over.LeastMemory != nil {
		e.LeastMemory = over.LeastMemory
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
