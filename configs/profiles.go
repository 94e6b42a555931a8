// SPDX-License-Identifier: Apache-2.0

package configs

import (
	"maps"
	"slices"

	"github.com/bootlace-net/bootlace/boot"
)

// profile is a document in profiles/.
type profile struct {
	placed
	Name     nameText   `yaml:"name" doc:"Its name. The file's name without .yaml, unless given; needed from the second document of a file on."`
	Inherits []nameText `yaml:"inherits" doc:"Profiles to take everything from that this one does not say. Of several, later ones win."`
	entry
	Loader      loaders         `yaml:"loader" doc:"Program for the firmware, for all or by architecture, instruction set or kind of firmware. None: the iPXE that comes with Bootlace."`
	ChainLoader *bool           `yaml:"chain_loader" doc:"Whether an iPXE that is already there (a network card's ROM, a virtual machine's) chains loader and lets it boot. Else it runs a script, and loader is for other firmware."`
	Menu        *menuOrNot      `yaml:"menu" doc:"Menu to show instead of booting at once; false: none, whatever is inherited."`
	Files       map[string]file `yaml:"files" doc:"Files rendered for each machine, by the path they are asked for, which may be a template."`
	Vars        vars            `yaml:"vars" doc:"Values for templates. Maps merge with inherited ones, everything else replaces."`
	Destructive *bool           `yaml:"destructive" doc:"Whether it installs over what is on the disk. Such a profile never reaches unknown machines unless it is said in words."`
	Install     *install        `yaml:"install" doc:"Installs the machine once: how, and what it boots then. true: with the defaults; false: not, whatever is inherited. It counts as destructive."`
	Firmware    firmware        `yaml:"firmware" doc:"What firmware needs."`
}

type file struct {
	placed
	Template boot.Text `yaml:"template" doc:"Name of a file in templates/."`
	Content  boot.Text `yaml:"content" doc:"The template itself."`
	JSON     bool      `yaml:"json" doc:"Whether it must be JSON when rendered (Ignition, Talos)."`
	Raw      bool      `yaml:"raw" doc:"Serve it as written: it is no template."`
}

// decode takes plain text for the name of a template.
func (f *file) decode(d *decoder, n *node, path string) {
	if n.Kind == scalarNode && !isNull(n) {
		f.pos, f.Template = d.pos(n), boot.Text{S: n.Value, Pos: d.pos(n)}
		return
	}
	f.pos = d.pos(n)
	d.plain(n, f, path)
	if n.Kind == mappingNode && (f.Template.S == "") == (f.Content.Pos.Line == 0) {
		d.fail(n, shown(path), "expected either template or content")
	}
}

// loaders is a name for all, or names by architecture.
type loaders map[string]boot.Text

func (l *loaders) decode(d *decoder, n *node, path string) {
	*l = make(loaders)
	if n.Kind == scalarNode && !isNull(n) {
		(*l)["default"] = boot.Text{S: n.Value, Pos: d.pos(n)}
		return
	}
	for _, p := range d.pairs(n, path) {
		var t boot.Text
		d.plain(p.value, &t, join(path, p.key.Value))
		if key, ok := d.archKey(p.key, path, "default"); ok {
			(*l)[key] = t
		}
	}
}

func (*loaders) describe() string { return "a name, or names by architecture" }

// archKey checks a key that says for what machines something is.
func (d *decoder) archKey(n *node, path string, more ...string) (string, bool) {
	known := slices.Concat(boot.ArchNames(), boot.CPUNames(), boot.FirmwareNames(), more)
	if key := boot.CPUName(n.Value); slices.Contains(known, key) {
		return key, true
	}
	d.fail(n, "unknown architecture "+join(path, n.Value),
		boot.Hint(n.Value, slices.Concat(more, []string{"bios", "uefi", "x86_64", "arm64", "riscv64", "i386"}, known)))
	return "", false
}

// profile decodes one document of a profiles file.
func (r *reader) profile(d *decoder, n *node, fallback string) {
	before := len(d.problems)
	var p profile
	d.plain(n, &p, "")
	p.check(d, n, "")
	draft := p.draft(r, d, fallback, d.pos(n))
	if draft.Name == "" {
		d.fail(n, "the profile has no name", "expected name: here, for the file has several documents or a name that is not one")
		return
	}
	if broken(d.problems[before:]) && !draft.Boots() {
		draft.Kind = boot.EntryLocal // it may start something; its mistakes are reported already
	}
	r.spec.Profiles = append(r.spec.Profiles, draft)
}

func (p *profile) draft(r *reader, d *decoder, fallback string, pos boot.Pos) *boot.Draft {
	out := &boot.Draft{}
	out.Entry = *p.typed(d, "")
	out.Name, out.Pos = orText(p.Name.S, fallback), pos
	for _, name := range p.Inherits {
		if name.S != "" {
			out.Inherits, out.InheritsPos = append(out.Inherits, name.S), append(out.InheritsPos, name.Pos)
		}
	}
	out.Loader, out.ChainLoader, out.Vars, out.Strategy = p.Loader, p.ChainLoader, boot.Vars(p.Vars), p.Firmware.Strategy
	out.Loaders, out.HTTPS = boot.Text(p.Firmware.Loaders), p.Firmware.HTTPS
	if p.Menu != nil {
		out.Start, out.NoStart = p.Menu.typed(d), p.Menu.none
	}
	if p.Destructive != nil {
		out.Destructive, out.NotDestructive = *p.Destructive, !*p.Destructive
	}
	if p.Install != nil {
		out.Install, out.NoInstall = p.Install.typed(), p.Install.none
	}
	out.Files = r.files(d, p.Files)
	return out
}

// files notes which templates are to be found by their names.
func (r *reader) files(d *decoder, files map[string]file) map[string]*boot.FileSpec {
	out := make(map[string]*boot.FileSpec, len(files))
	for _, path := range slices.Sorted(maps.Keys(files)) {
		f := files[path]
		asked := path
		if n, err := boot.ParseName(path); err == nil {
			asked = n.Path() // as a client's request for it would be cleaned
		}
		if out[asked] != nil {
			d.report(boot.Problem{Pos: f.pos, What: "file " + path + " is there twice", Expected: "expected another path"})
		}
		out[asked] = &boot.FileSpec{Path: asked, Template: f.Content, JSON: f.JSON, Raw: f.Raw, Pos: f.pos}
		if f.Template.S != "" {
			r.spec.named = append(r.spec.named, named{out[asked], f.Template})
		}
	}
	return out
}
