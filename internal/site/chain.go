// SPDX-License-Identifier: Apache-2.0

package site

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
)

// Fetch is a file that a machine fetches on its way.
type Fetch struct {
	Step string `json:"step"`
	Name string `json:"name"`
	What string `json:"what"` // its size, or what is wrong with it
	OK   bool   `json:"ok"`
}

// chain lists what a machine fetches: loader, script, then what the profile starts.
func (s *Site) chain(v boot.Visit, p boot.Plan) []Fetch {
	look := func(step string, n boot.Name) Fetch {
		v.Name = n
		return s.look(v, p, step)
	}
	var files []Fetch
	rom := p.Client.Stage == boot.StageROM
	if rom && p.Loader.Base != "" {
		files = append(files, look("loader", p.Loader))
	}
	if !rom {
		files = append(files, look("script", p.Script))
	}
	if chained, ok := chainedLoader(p); ok && !rom {
		files = append(files, look("loader", chained))
		rom = true // as if a ROM had loaded it
	}
	if rom {
		for _, n := range scriptsOf(p) {
			files = append(files, look("script", n))
		}
	}
	if p.Profile == nil || p.Profile.Start != nil {
		return files
	}
	return append(files, entryFiles(p, look)...)
}

// entryFiles lists what the profile starts.
func entryFiles(p boot.Plan, look func(step string, n boot.Name) Fetch) (files []Fetch) {
	e := p.Profile.For(p.Client.Arch())
	for i, t := range startsFrom(e) {
		step := e.Kind.String()
		if i > 0 {
			step = map[boot.EntryKind]string{boot.EntryKernel: "initrd", boot.EntryModules: "module"}[e.Kind]
		}
		step = cmp.Or(step, "file")
		n, err := boot.ParseName(t.S)
		if strings.Contains(t.S, "://") || strings.Contains(t.S, "{{") || err != nil {
			files = append(files, Fetch{Step: step, Name: t.S, What: "decided when it is fetched", OK: true})
			continue
		}
		files = append(files, look(step, n.For(p.Client.MAC)))
	}
	return files
}

// chainedLoader names what an iPXE starts instead of the profile.
func chainedLoader(p boot.Plan) (boot.Name, bool) {
	if p.Profile == nil {
		return boot.Name{}, false
	}
	n, ok := p.Profile.ChainedLoader(p.Client.Arch())
	return n.For(p.Client.MAC), ok
}

// scriptsOf lists what tells the machine's loader what to start: each kind of loader asks for a name of its own.
func scriptsOf(p boot.Plan) []boot.Name {
	mac := p.Client.MAC
	names := func(paths ...string) (out []boot.Name) {
		for _, path := range paths {
			if n, err := boot.ParseName(path); err == nil {
				out = append(out, n.For(mac))
			}
		}
		return out
	}
	base := strings.ToLower(p.Loader.Base)
	switch firmware := p.Client.Arch().Firmware(); {
	case firmware == boot.FirmwareRPi:
		return names("config.txt", "cmdline.txt")
	case firmware == boot.FirmwareUBoot:
		return names("pxelinux.cfg/01-" + mac.Dash())
	case strings.Contains(base, "pxelinux"), strings.Contains(base, "syslinux"):
		return names(path.Join(p.Loader.Dir, "pxelinux.cfg/01-"+mac.Dash())) // it looks where it came from
	case strings.Contains(base, "grub"), strings.Contains(base, "shim"):
		return names("grub/grub.cfg")
	default:
		return []boot.Name{p.Script}
	}
}

// startsFrom lists the files of an entry in the order in which they are fetched.
func startsFrom(e *boot.Entry) []boot.Text {
	var out []boot.Text
	for _, t := range append([]boot.Text{e.Kernel, e.Target}, e.Initrd...) {
		if _, t.S, _ = boot.SplitPlaced(e.Kind, t.S); t.S == "" {
			continue
		}
		out = append(out, t)
	}
	return out
}

func (s *Site) look(v boot.Visit, p boot.Plan, step string) Fetch {
	f, err := s.File(v, p)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission):
		return Fetch{Step: step, Name: v.Name.String(), What: s.trouble(v.Name.Path(), err)}
	case err != nil:
		return Fetch{Step: step, Name: v.Name.String(), What: err.Error()}
	}
	defer func() { _ = f.Close() }() // only looked at
	return Fetch{Step: step, Name: v.Name.String(), What: fmt.Sprintf("%d bytes", f.Size()), OK: true}
}
