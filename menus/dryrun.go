// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"errors"
	"maps"
	"net/netip"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/bootlace-net/bootlace/boot"
)

// tryEverything renders everything for every host, as far as it can be known before the machine comes: with the first of its
// hardware addresses, on each architecture it may have. The same mistake in a thousand machines is one problem.
func (t *Tree) tryEverything() []boot.Problem {
	if t.catalog == nil {
		return nil
	}
	hosts := t.catalog.Hosts()
	reports := make([]report, max(1, runtime.GOMAXPROCS(0)/2)) // a reload leaves processors for requests
	share := len(hosts)/len(reports) + 1
	var wg sync.WaitGroup
	for i := range reports {
		part := hosts[min(i*share, len(hosts)):min((i+1)*share, len(hosts))]
		wg.Go(func() { t.tryHosts(part, &reports[i]) })
	}
	wg.Wait()
	known := t.badPlaces()
	all, groups := report{known: known}, report{known: known, warning: true}
	for i := range reports {
		all.merge(&reports[i])
	}
	t.tryOthers(&groups, &all)
	return append(all.problems(), groups.problems()...)
}

// badPlaces lists the places of templates that could not be parsed.
func (t *Tree) badPlaces() map[boot.Pos]bool {
	known := make(map[boot.Pos]bool)
	for _, c := range t.texts {
		if te := (*templateError)(nil); errors.As(c.err, &te) {
			known[te.pos] = true
		}
	}
	return known
}

func (t *Tree) tryHosts(hosts []*boot.Host, r *report) {
	differs := make(map[*boot.Profile]bool)
	for _, h := range hosts {
		for _, c := range variants(t.catalog.Example(&h.Match)) {
			p := t.catalog.Plan(c)
			if p.Profile == nil || p.Host != h {
				continue // another rule is for this machine; it is tried there
			}
			t.tryPlan("host "+h.Name, p, r)
			if _, ok := differs[p.Profile]; !ok {
				differs[p.Profile] = archMatters(p.Profile)
			}
			if !differs[p.Profile] {
				break
			}
		}
	}
}

// tryOthers renders for machines that are no hosts: one of each group, and an unknown one. What a group's profile needs
// may be what its hosts bring, so a failure there is a warning.
func (t *Tree) tryOthers(groups, unknown *report) {
	for _, g := range t.catalog.Groups() {
		for _, c := range variants(t.catalog.Example(&g.Match)) {
			if p := t.catalog.Plan(c); p.Profile != nil && p.Host == nil && slices.Contains(p.Groups, g) && g.Profile == p.Profile.Name {
				t.tryPlan("a machine of group "+g.Name+" that is no host", p, groups)
			}
		}
	}
	if t.catalog.Unknown().Action != boot.ActionBoot {
		return
	}
	for _, c := range variants(boot.Client{MAC: boot.MAC{0x02, 0, 0, 0, 0, 1}}) { // locally administered: nobody's
		if p := t.catalog.Plan(c); p.Profile != nil && p.Host == nil && p.Profile.Name == t.catalog.Unknown().Profile {
			t.tryPlan("an unknown machine", p, unknown)
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

func (t *Tree) tryPlan(who string, p boot.Plan, r *report) {
	s := newSession(t, boot.Visit{Client: p.Client, Server: t.exampleServer()}, p)
	s.dryRun = true
	var secrets []secretFile
	if _, err := s.page(); err != nil {
		r.add(who, p.Profile, err)
	}
	for _, path := range slices.Sorted(maps.Keys(p.Profile.Files)) {
		f := p.Profile.Files[path]
		name, err := s.scope(p.Profile).filePath(f)
		if err != nil {
			r.add(who, p.Profile, err)
		}
		s.holds = 0
		if _, err := s.scope(p.Profile).file(f); err != nil {
			r.add(who, p.Profile, err)
		}
		if s.holds&boot.HoldsSecret != 0 {
			secrets = append(secrets, secretFile{name, f})
		}
	}
	for _, f := range secrets {
		if err := s.refused(f); err != nil {
			r.add(who, p.Profile, err)
		}
	}
}

// exampleServer is an address that is nobody's (RFC 5737).
func (t *Tree) exampleServer() boot.Endpoint {
	e := boot.Endpoint{Scheme: boot.HTTP, Host: netip.AddrFrom4([4]byte{192, 0, 2, 1}), Port: 80}
	if t.opts.NoHTTP {
		return e.TFTP()
	}
	return e
}

// variants gives a machine on the architectures it may turn out to have.
func variants(c boot.Client) []boot.Client {
	if len(c.Archs) > 0 {
		return []boot.Client{c}
	}
	archs := []boot.Arch{boot.ArchX64, boot.ArchBIOS, boot.ArchARM64}
	clients := make([]boot.Client, len(archs))
	for i, a := range archs {
		clients[i] = c
		clients[i].Archs = []boot.Arch{a}
	}
	return clients
}
