// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"runtime"
	"slices"
	"strings"
	"sync"
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
	t.partials = template.New("").Funcs(funcs()).Option("missingkey=error")
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
		if f := p.Files[name]; !f.Raw {
			keys = append(keys, textKey{f.Template, slotFile})
		}
	}
	return keys
}

func menuTexts(m *boot.Menu, keys []textKey) []textKey {
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

// prove renders everything for every host, as far as it can be known before the machine comes: with the first of its
// hardware addresses, on each architecture it may have. The same mistake in a thousand machines is one problem.
func (t *Tree) prove() []boot.Problem {
	if t.catalog == nil {
		return nil
	}
	hosts := t.catalog.Hosts()
	reports := make([]report, runtime.GOMAXPROCS(0))
	share := len(hosts)/len(reports) + 1
	var wg sync.WaitGroup
	for i := range reports {
		part := hosts[min(i*share, len(hosts)):min((i+1)*share, len(hosts))]
		wg.Go(func() { t.proveHosts(part, &reports[i]) })
	}
	wg.Wait()
	all := report{known: t.complained()}
	for i := range reports {
		all.merge(&reports[i])
	}
	return all.problems()
}

// complained lists the places of templates that could not be parsed.
func (t *Tree) complained() map[boot.Pos]bool {
	known := make(map[boot.Pos]bool)
	for _, c := range t.texts {
		if te := (*templateError)(nil); errors.As(c.err, &te) {
			known[te.pos] = true
		}
	}
	return known
}

func (t *Tree) proveHosts(hosts []*boot.Host, r *report) {
	differs := make(map[*boot.Profile]bool)
	for _, h := range hosts {
		for _, c := range clientsOf(h) {
			p := t.catalog.Plan(c)
			if p.Profile == nil || p.Host != h {
				break // another rule is for this machine; it is proved there
			}
			t.provePlan(p, r)
			if _, ok := differs[p.Profile]; !ok {
				differs[p.Profile] = archMatters(p.Profile)
			}
			if !differs[p.Profile] {
				break
			}
		}
	}
}

// archMatters reports whether a profile may look different on another architecture.
func archMatters(p *boot.Profile) bool {
	return slices.ContainsFunc(textsOf(p), func(k textKey) bool {
		return strings.Contains(k.S, "arch") || strings.Contains(k.S, "cpu") || strings.Contains(k.S, "firmware")
	}) || hasVariants(&p.Entry) || p.Start != nil
}

func hasVariants(e *boot.Entry) bool { return len(e.ByArch) > 0 || e.Kind == boot.EntryProfile }

func (t *Tree) provePlan(p boot.Plan, r *report) {
	s := newSession(t, boot.Visit{Client: p.Client, Server: documentation(), HTTPPort: 80}, p)
	s.proving = true
	if _, err := s.page(); err != nil {
		r.add(p, err)
	}
	for _, path := range slices.Sorted(maps.Keys(p.Profile.Files)) {
		if _, err := s.scope(p.Profile).file(p.Profile.Files[path]); err != nil {
			r.add(p, err)
		}
	}
}

// documentation is an address that is nobody's (RFC 5737).
func documentation() netip.Addr { return netip.AddrFrom4([4]byte{192, 0, 2, 1}) }

// clientsOf makes up the machines that a host may turn out to be: one for each architecture it names or has a variant
// for, else a BIOS PC.
func clientsOf(h *boot.Host) []boot.Client {
	c := boot.Client{Hostname: first(h.Match.Hostnames), Serial: first(h.Match.Serials), MAC: first(h.Match.MACs),
		UUID: first(h.Match.UUIDs), Vendor: first(h.Match.Vendors), Circuit: first(h.Match.Circuits), Relay: first(h.Match.Relays)}
	if n := first(h.Match.Subnets); n.IsValid() {
		c.Subnet, c.Addr = n, n.Addr().Next()
	}
	archs := h.Match.Archs
	if len(archs) == 0 {
		archs = []boot.Arch{boot.ArchX64, boot.ArchBIOS, boot.ArchARM64}
	}
	clients := make([]boot.Client, 0, len(archs))
	for _, a := range archs {
		c := c
		c.Archs = []boot.Arch{a}
		clients = append(clients, c)
	}
	return clients
}

func first[T any](list []T) (v T) {
	if len(list) > 0 {
		v = list[0]
	}
	return v
}

// report gathers failures; one that many hosts share is told once.
type report struct {
	known map[boot.Pos]bool // places that were complained about before
	order []failure
	hosts map[failure][]string
}

type failure struct {
	pos     boot.Pos
	msg     string
	profile string
}

func (r *report) add(p boot.Plan, err error) {
	f := failure{msg: err.Error(), profile: p.Profile.Name}
	if te := (*templateError)(nil); errors.As(err, &te) {
		f.pos, f.msg = te.pos, te.msg
	}
	r.note(f, p.Host.Name)
}

func (r *report) note(f failure, host string) {
	if r.known[f.pos] {
		return
	}
	if r.hosts == nil {
		r.hosts = make(map[failure][]string)
	}
	names := r.hosts[f]
	if len(names) == 0 {
		r.order = append(r.order, f)
	}
	if len(names) == 0 || names[len(names)-1] != host {
		r.hosts[f] = append(names, host)
	}
}

func (r *report) merge(part *report) {
	for _, f := range part.order {
		for _, host := range part.hosts[f] {
			r.note(f, host)
		}
	}
}

func (r *report) problems() []boot.Problem {
	out := make([]boot.Problem, 0, len(r.order))
	for _, f := range r.order {
		hosts := r.hosts[f]
		who := "host " + hosts[0]
		if n := len(hosts) - 1; n > 0 {
			who += fmt.Sprintf(" (and %d more)", n)
		}
		out = append(out, boot.Problem{Pos: f.pos, What: who + ": profile " + f.profile + ": " + f.msg})
	}
	return out
}

func problem(who string, err error) boot.Problem {
	if te := (*templateError)(nil); errors.As(err, &te) {
		return boot.Problem{Pos: te.pos, What: who + ": " + strings.TrimSpace(te.msg)}
	}
	return boot.Problem{What: who + ": " + err.Error()}
}
