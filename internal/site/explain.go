// SPDX-License-Identifier: Apache-2.0

package site

import (
	"fmt"
	"net/netip"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/secureboot"
)

// Explanation is what a machine would boot, and why.
type Explanation struct {
	Machine string    `json:"machine"` // all that is known of it, in words
	Action  string    `json:"action"`
	Host    string    `json:"host,omitempty"`
	Groups  []string  `json:"groups,omitempty"`
	Profile string    `json:"profile,omitempty"`
	Pinned  string    `json:"pinned,omitempty"` // the strategy that the configuration says
	Loader  string    `json:"loader,omitempty"`
	Second  string    `json:"second,omitempty"`  // what it gets the next time if the loader does not come up
	Loaders string    `json:"loaders,omitempty"` // the set that the loader is of
	Script  string    `json:"script,omitempty"`
	HTTPS   *Reason   `json:"https,omitempty"`   // which addresses are https:// ones, or why none is; nil: nothing is served so
	Image   *ImageUse `json:"image,omitempty"`   // what the profile boots by name; nil: nothing
	Install *Install  `json:"install,omitempty"` // how the machine is installed; nil when nobody counts
	Vars    boot.Vars `json:"vars,omitempty"`
	Why     []Reason  `json:"why"`
	Notes   []string  `json:"notes,omitempty"` // what may surprise
	Files   []Fetch   `json:"files,omitempty"`

	Memory     *boot.MemoryVerdict `json:"memory,omitempty"`      // nil where nobody says what is needed
	SecureBoot *secureboot.Verdict `json:"secure_boot,omitempty"` // of what it starts from its firmware; nil where that has none

	Offer *Rehearsal `json:"offer,omitempty"` // as DHCP would make it; nil when it makes none

	Plan boot.Plan `json:"-"` // the decision itself
}

// Reported is what a machine has said of itself. The zero value is one that said nothing.
type Reported struct {
	Firmware secureboot.Firmware
	Memory   int64 // in bytes; 0: not known
}

// Install is how a machine is installed, as far as the configuration says: what has come of it, only serve knows.
type Install struct {
	Generation int    `json:"generation"`
	Attempts   int    `json:"attempts"`
	Within     string `json:"within"`
	Success    string `json:"success"`
	Then       string `json:"then"`
}

func installOf(p *boot.Plan) *Install {
	if p.Install == nil {
		return nil
	}
	i := p.Install
	return &Install{p.Generation, i.Attempts, i.Within.String(), i.Success.String(), i.Then}
}

// Reason is a rule that took part in a decision, or nearly did, and where it stands.
type Reason struct {
	What string `json:"what"`
	At   string `json:"at,omitempty"`
}

// Explain says what a machine would boot, how its firmware would be answered, and what it would fetch then. The address of
// this server is for URLs, and may be invalid.
func (s *Site) Explain(c boot.Client, server netip.Addr, said Reported) Explanation {
	p := s.Plan(c)
	if p.Host == nil {
		p.Why = append(s.Catalog.NearMisses(c), p.Why...)
	}
	x := ExplainPlan(p)
	if p.Action == boot.ActionIgnore {
		return x
	}
	offer := s.Rehearse(c, server)
	x.Offer = &offer
	x.Script = p.Script.String()
	if p.Loader.Base != "" {
		x.Loader, x.Loaders = p.Loader.String(), p.LoaderSet().S
	}
	if p.Second.Base != "" {
		x.Second = p.Second.String()
	}
	x.Notes = append(notesOn(p), s.adopters(p)...)
	if why := s.https(&p); why.What != "" {
		x.HTTPS = &why
	}
	x.Image = s.imageOf(p)
	visit := s.Visit(boot.Name{}, p.Client, server)
	visit.Memory = said.Memory
	x.Memory = s.Memory(visit, p).Verdict()
	x.SecureBoot = s.judge(visit, p, said.Firmware)
	if v := x.SecureBoot; v != nil && v.Answer == secureboot.No && v.Steps[0].Answer == secureboot.No {
		x.Notes = append(x.Notes, "if Secure Boot is on, the firmware loads "+p.Loader.Base+" and refuses it (Access Denied); most start a distribution's shim: loader: {uefi: shimx64.efi}")
	}
	x.Files = s.chain(visit, p)
	return x
}

// ExplainPlan tells of a plan alone: no offer, no files.
func ExplainPlan(p boot.Plan) Explanation {
	x := Explanation{Machine: describe(&p.Client), Action: p.Action.String(), Install: installOf(&p), Vars: p.Vars, Plan: p, Groups: groupsOf(p)}
	if p.Strategy != boot.StrategyAuto {
		x.Pinned = p.Strategy.String()
	}
	if p.Host != nil {
		x.Host = p.Host.Name
	}
	if p.Profile != nil {
		x.Profile = p.Profile.Name
	}
	for _, s := range p.Why {
		x.Why = append(x.Why, Reason{s.What, s.Pos.String()})
	}
	return x
}

// adopters says which rules would make a host of a machine that waits.
func (s *Site) adopters(p boot.Plan) (notes []string) {
	if p.Action != boot.ActionWait || p.Host != nil {
		return nil
	}
	for _, r := range s.Catalog.AdoptRulesFor(p) {
		note := fmt.Sprintf("adopt rule %s (%s) makes a host of it while less than %d are", r.Name, r.Pos, r.Limit)
		if !r.Until.IsZero() {
			note += ", until " + r.Until.UTC().Format(time.DateTime) + " UTC"
		}
		notes = append(notes, note)
	}
	return notes
}

// notesOn says what may surprise of a plan.
func notesOn(p boot.Plan) (notes []string) {
	if p.Profile == nil {
		return nil
	}
	if cpu, ok := p.Profile.ForeignLoader(p.Client.Arch()); ok {
		t, _ := p.Profile.LoaderText(p.Client.Arch())
		notes = append(notes, "loader "+t.S+" is a program for "+cpu+": this machine does not get it")
	}
	skipped, ok := p.Profile.SkippedLoader(p.Client.Arch())
	switch {
	case !ok:
	case p.Client.Stage != boot.StageROM:
		notes = append(notes, "an iPXE that is already there runs the script and never gets "+skipped.String()+"; chain_loader: true in profile "+p.Profile.Name+" makes it chain that")
	case p.Client.Firmware() == boot.FirmwareBIOS:
		notes = append(notes, "if an iPXE is already there (a network card's ROM, a virtual machine's), it runs a script and never gets "+skipped.String()+": see --stage ipxe")
	}
	return notes
}

func groupsOf(p boot.Plan) (names []string) {
	for _, g := range p.Groups {
		names = append(names, g.Name)
	}
	return names
}
