// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"context"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/dhcpproxy"
	"github.com/bootlace-net/bootlace/internal/machines/life"
	"github.com/bootlace-net/bootlace/internal/machines/lives"
)

// gate has the last word on what a machine gets: it may put another plan in the place of the catalog's.
type gate interface {
	// Offer is for DHCP. It waits for nothing.
	Offer(site source, p boot.Plan, at dhcpproxy.Moment) boot.Plan
	// Open opens a file. What is given out is accounted for by then. The visit gets what the file may hold.
	Open(ctx context.Context, site source, v *boot.Visit, p boot.Plan, by life.Claim) (boot.File, boot.Plan, passage, error)
}

// passage is what the gate is to be told when a file has gone out whole. The zero value is none of its business.
type passage struct {
	machine lives.Machine
	boot    life.Boot
	what    life.Evidence
	path    string
	alone   bool // what starts the machine comes from elsewhere: who has the script has all that we know of
}

// lifeGate asks the machines' lives.
type lifeGate struct {
	lives  *lives.Lives
	events func(boot.Event) // nil: nobody listens
}

// toldOfDoubt is how often it is told that a machine waits for an operator to say what is so.
const toldOfDoubt = time.Hour

// Offer follows gate.
func (g *lifeGate) Offer(site source, p boot.Plan, at dhcpproxy.Moment) boot.Plan {
	if !g.lives.Concerns(&p) {
		return p
	}
	st := g.lives.Look(lives.Of(p), life.Event{
		Kind: life.Requested, Fresh: at.Fresh, Firmware: p.Client.Stage != boot.StageBootlace, Way: strconv.Itoa(int(at.Way)),
	})
	if st.Doubt && g.events != nil {
		e := boot.Event{Kind: boot.EventNotice, Level: boot.LevelWarn, Once: toldOfDoubt, Text: "sent to its disk: " + st.Why}
		e.About(p)
		g.events(e)
	}
	return planFor(site, p, st)
}

// Open follows gate. A file that is not there begins nothing: loaders ask for many.
func (g *lifeGate) Open(ctx context.Context, site source, v *boot.Visit, p boot.Plan, by life.Claim) (boot.File, boot.Plan, passage, error) {
	if !g.lives.Concerns(&p) {
		f, err := site.File(*v, p)
		return f, p, passage{}, err
	}
	m := lives.Of(p)
	role := site.Role(*v, p)
	out := passage{machine: m, what: evidenceOf(role), path: v.Name.Path(), alone: alone(p)}
	st := g.lives.Status(m)
	plan := planFor(site, p, st)
	if need := site.Memory(*v, plan); st.Serve == life.ServeInstall && need.Refused {
		return withoutInstalling(site, v, plan, role, need)
	}
	f, err := site.File(*v, plan)
	if err != nil || harmless(site, v, p, role) {
		return f, plan, out, err
	}
	grant := g.lives.Grant(ctx, m, life.Event{What: out.what, Claim: by}, v.Client.Addr.String())
	out.boot, v.Tokens = grant.Boot, grant.Tokens
	granted := planFor(site, p, grant.Status)
	if same(plan, granted) && (v.Tokens == nil || boot.HoldsOf(f)&boot.HoldsToken == 0) {
		return f, granted, out, nil
	}
	_ = f.Close() // nothing was read of it
	f, err = site.File(*v, granted)
	return f, granted, out, err
}

// same reports whether two plans of one machine, of one configuration, lead to the same files.
func same(a, b boot.Plan) bool {
	return a.Profile == b.Profile && a.ToDisk == b.ToDisk && a.Action == b.Action
}

// harmless says which files may be given out whatever comes of it: they neither install nor begin anything.
func harmless(site source, v *boot.Visit, p boot.Plan, role boot.Role) bool {
	if p.Install != nil {
		return !site.Installs(*v, p)
	}
	return role == boot.RoleLoader || role == boot.RolePicture || role == boot.RoleInventory
}

// Sent notes that a machine has all of a file.
func (g *lifeGate) Sent(a asker) {
	p := a.pass
	if p.machine.Key == "" {
		return
	}
	g.lives.Note(p.machine, life.Event{Kind: life.Sent, What: p.what, Path: p.path, Boot: p.boot})
	if p.what == life.EvidenceScript && p.alone {
		g.lives.Note(p.machine, life.Event{Kind: life.Sent, What: life.EvidenceKernel, Boot: p.boot})
	}
}

// planFor gives the plan that a machine's life asks for.
func planFor(site source, p boot.Plan, st life.Status) boot.Plan {
	switch st.Serve {
	case life.ServeConfigured, life.ServeInstall:
		return p
	case life.ServeProfile:
		return site.Instead(p, st.Profile, st.Why)
	case life.ServeLocal:
	}
	p.Why = append(p.Why[:len(p.Why):len(p.Why)], boot.Step{What: st.Why})
	return site.Local(p)
}

// evidenceOf says what it means that a machine has a file.
func evidenceOf(r boot.Role) life.Evidence {
	switch r {
	case boot.RoleScript:
		return life.EvidenceScript
	case boot.RoleKernel:
		return life.EvidenceKernel
	case boot.RoleInitrd:
		return life.EvidenceInitrd
	case boot.RoleAnswer:
		return life.EvidenceAnswer
	default:
		return life.EvidenceNone
	}
}

// alone reports whether a machine gets what it starts from elsewhere, so that nobody here sees it fetched: by a URL, or by a
// script of the operator's own.
func alone(p boot.Plan) bool {
	if p.Profile == nil || p.Profile.Start != nil {
		return false
	}
	e := p.Profile.For(p.Client.Arch())
	return e.Kind == boot.EntryScript || strings.Contains(e.Kernel.S, "://") || strings.Contains(e.Target.S, "://")
}

// lived gives the machine with a hardware address, and what is wanted of it now.
func (d *decider) lived(mac boot.MAC) (lives.Machine, bool) {
	m := lives.Of(d.current().Plan(d.machine(mac)))
	return m, m.Key != ""
}

// livedAt gives the machine that was last seen with an address.
func (d *decider) livedAt(a netip.Addr) (lives.Machine, bool) {
	c, by := d.behind(a)
	if by == byNothing {
		return lives.Machine{}, false
	}
	return lives.Of(d.current().Plan(c)), true
}
