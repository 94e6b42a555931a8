// SPDX-License-Identifier: Apache-2.0

package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"text/tabwriter"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/site"
)

// link is a file that a machine fetches on its way.
type link struct {
	Step string `json:"step"`
	Name string `json:"name"`
	What string `json:"what"` // its size, or what is wrong with it
	OK   bool   `json:"ok"`
}

// chain lists what a machine fetches: loader, script, then what the profile starts.
func chain(app *site.Site, v boot.Visit, p boot.Plan) []link {
	if p.Action == boot.ActionIgnore {
		return nil
	}
	var links []link
	file := func(step string, n boot.Name) {
		v.Name = n
		links = append(links, look(app, v, p, step))
	}
	if p.Loader.Base != "" {
		file("loader", p.Loader)
	}
	for _, n := range scriptsOf(p) {
		file("script", n)
	}
	if p.Profile == nil || p.Profile.Start != nil {
		return links
	}
	e := p.Profile.For(p.Client.Arch())
	for i, t := range startsFrom(e) {
		step := e.Kind.String()
		if i > 0 {
			step = map[boot.EntryKind]string{boot.EntryKernel: "initrd", boot.EntryModules: "module"}[e.Kind]
		}
		n, err := boot.ParseName(t.S)
		if strings.Contains(t.S, "://") || strings.Contains(t.S, "{{") || err != nil {
			links = append(links, link{Step: cmp.Or(step, "file"), Name: t.S, What: "decided when it is fetched", OK: true})
			continue
		}
		file(cmp.Or(step, "file"), n.For(p.Client.MAC))
	}
	return links
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
	case firmware == boot.FirmwareUBoot, strings.Contains(base, "pxelinux"), strings.Contains(base, "syslinux"):
		return names("pxelinux.cfg/01-" + mac.Dash())
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
		switch {
		case t.S == "":
			continue
		case e.Kind == boot.EntryWimboot && strings.Contains(t.S, "="):
			_, t.S, _ = strings.Cut(t.S, "=")
		case e.Kind == boot.EntryModules:
			t.S, _, _ = strings.Cut(t.S, " ")
		}
		out = append(out, t)
	}
	return out
}

func look(app *site.Site, v boot.Visit, p boot.Plan, step string) link {
	f, err := app.File(v, p)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return link{Step: step, Name: v.Name.String(), What: "does not exist"}
	case err != nil:
		return link{Step: step, Name: v.Name.String(), What: err.Error()}
	}
	defer func() { _ = f.Close() }() // only looked at
	return link{Step: step, Name: v.Name.String(), What: fmt.Sprintf("%d bytes", f.Size()), OK: true}
}

func printChain(out io.Writer, links []link) error {
	if len(links) == 0 {
		return nil
	}
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	for i, l := range links {
		mark := ""
		if !l.OK {
			mark = "  <-- the boot would stop here"
		}
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s%s\n", []string{"files", ""}[min(i, 1)], l.Step, l.Name, l.What, mark) // errors come from Flush
	}
	return w.Flush()
}

// explanation is what explain says, for programs.
type explanation struct {
	Action  string    `json:"action"`
	Host    string    `json:"host,omitempty"`
	Groups  []string  `json:"groups,omitempty"`
	Profile string    `json:"profile,omitempty"`
	Pinned  string    `json:"pinned,omitempty"` // the strategy that the configuration says
	Loader  string    `json:"loader,omitempty"`
	Script  string    `json:"script,omitempty"`
	Vars    boot.Vars `json:"vars,omitempty"`
	Why     []reason  `json:"why"`
	Files   []link    `json:"files,omitempty"`

	Offer *site.Rehearsal `json:"offer,omitempty"` // as DHCP would make it
}

type reason struct {
	What string `json:"what"`
	At   string `json:"at,omitempty"`
}

func explanationOf(p boot.Plan, offer site.Rehearsal, links []link) explanation {
	x := explanation{Action: p.Action.String(), Vars: p.Vars, Files: links}
	if p.Strategy != boot.StrategyAuto {
		x.Pinned = p.Strategy.String()
	}
	if p.Host != nil {
		x.Host = p.Host.Name
	}
	for _, g := range p.Groups {
		x.Groups = append(x.Groups, g.Name)
	}
	if p.Profile != nil {
		x.Profile = p.Profile.Name
	}
	if p.Action != boot.ActionIgnore {
		x.Script, x.Offer = p.Script.String(), &offer
		if p.Loader.Base != "" {
			x.Loader = p.Loader.String()
		}
	}
	for _, s := range p.Why {
		x.Why = append(x.Why, reason{s.What, s.Pos.String()})
	}
	return x
}
