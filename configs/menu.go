// SPDX-License-Identifier: Apache-2.0

package configs

import (
	"strings"
	"time"

	"github.com/bootlace-net/bootlace/boot"
)

// menuOrNot is a menu, or false.
type menuOrNot struct {
	menu
	none bool
}

func (m *menuOrNot) decode(d *decoder, n *node, path string) {
	if n.Kind == scalarNode && n.Value == "false" {
		m.none = true
		return
	}
	m.pos = d.pos(n)
	d.plain(n, &m.menu, path)
}

func (m *menuOrNot) typed(d *decoder) *boot.Menu {
	if m.none {
		return nil
	}
	return m.menu.typed(d)
}

func (*menuOrNot) describe() string { return "a menu, or false" }

type menu struct {
	placed
	Title   string        `yaml:"title" doc:"Shown above the entries."`
	Default nameText      `yaml:"default" doc:"Entry that is taken when the time runs out, by name. None: the first one."`
	Timeout time.Duration `yaml:"timeout" max:"1h" doc:"How long to wait for a key. 0s: for ever."`
	Picture boot.Text     `yaml:"picture" doc:"PNG behind the entries, best 1024 by 768: a file of images/, or a URL. Shown by iPXE builds with a graphical console and by PXELINUX with vesamenu.c32; others leave it out."`
	Entries []menuEntry   `yaml:"entries" doc:"What there is to choose from; a plain name stands for that profile."`
}

func (m *menu) typed(d *decoder) *boot.Menu {
	out := &boot.Menu{Title: m.Title, Default: m.Default.S, Timeout: int((m.Timeout + time.Second - 1) / time.Second), Picture: m.Picture, Pos: m.pos}
	for i := range m.Entries {
		out.Entries = append(out.Entries, m.Entries[i].typed(d))
	}
	return out
}

type menuEntry struct {
	placed
	Name    nameText `yaml:"name" doc:"Its name, unique in its menu. That of the profile, or made from the title, unless given."`
	Profile nameText `yaml:"profile" doc:"Start this profile."`
	Menu    *menu    `yaml:"menu" doc:"A menu below this one."`
	entry
	Hotkey string `yaml:"hotkey" doc:"Key that chooses it: one character."`
	Hidden bool   `yaml:"hidden" doc:"Not shown, but there for its hotkey."`
}

// decode takes plain text for the name of a profile, or for local or shell.
func (m *menuEntry) decode(d *decoder, n *node, path string) {
	m.pos = d.pos(n)
	if n.Kind != scalarNode || isNull(n) {
		d.plain(n, m, path)
		m.check(d, n, path)
		return
	}
	switch n.Value {
	case "local":
		m.Local = true
	case "shell":
		m.Shell = true
	default:
		d.plain(n, &m.Profile, path)
	}
}

func (m *menuEntry) check(d *decoder, n *node, path string) {
	m.entry.check(d, n, path)
	said := len(m.kinds())
	if m.Profile.S != "" {
		said++
	}
	if m.Menu != nil {
		said++
	}
	if m.Image.S != "" && m.Kernel.S == "" {
		said++
	}
	if said > 1 && len(m.kinds()) < 2 {
		d.fail(n, shown(path)+": starts more than one thing", "expected one of profile, menu or what it starts itself")
	}
}

func (m *menuEntry) typed(d *decoder) *boot.Entry {
	out := m.entry.typed(d, "")
	out.Pos, out.Hotkey, out.Hidden = m.pos, m.Hotkey, m.Hidden
	switch {
	case m.Profile.S != "":
		out.Kind, out.Profile = boot.EntryProfile, m.Profile.S
	case m.Menu != nil:
		out.Kind, out.Menu = boot.EntryMenu, m.Menu.typed(d)
	}
	out.Name = orText(m.Name.S, orText(m.Profile.S, orText(slug(m.Title), slug(m.Image.S))))
	if out.Name == "" && out.Boots() {
		out.Name = out.Kind.String()
	}
	return out
}

// slug makes a name of a title.
func slug(title string) string {
	return strings.Trim(strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z', '0' <= r && r <= '9', r == '.', r == '_':
			return r
		case 'A' <= r && r <= 'Z':
			return r + 'a' - 'A'
		}
		return '-'
	}, title), "-._")
}
