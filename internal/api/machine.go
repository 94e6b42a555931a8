// SPDX-License-Identifier: Apache-2.0

package api

import (
	"slices"
	"strings"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/machines"
	"github.com/bootlace-net/bootlace/internal/secureboot"
)

// Machine is what is known of a machine, and what it is to boot.
type Machine struct {
	ID    string `json:"id"`    // host/NAME, or mac/ADDRESS for a machine that no host names
	Name  string `json:"name"`  // by which commands take it
	State string `json:"state"` // one word, see docs/machines.md
	Why   string `json:"why,omitempty"`

	Host    string `json:"host,omitempty"`
	Profile string `json:"profile,omitempty"`
	Action  string `json:"action"` // boot, menu, wait or ignore

	MACs      []string `json:"macs,omitempty"`
	UUID      string   `json:"uuid,omitempty"`
	Serial    string   `json:"serial,omitempty"`
	Hostname  string   `json:"hostname,omitempty"` // that it sends
	Arch      string   `json:"arch,omitempty"`
	Vendor    string   `json:"vendor,omitempty"`
	Addresses []string `json:"addresses,omitempty"`
	Interface string   `json:"interface,omitempty"` // of the appliance
	Relay     string   `json:"relay,omitempty"`
	Circuit   string   `json:"circuit,omitempty"`
	Remote    string   `json:"remote,omitempty"`

	Heard *time.Time `json:"heard,omitempty"` // when it was last heard of
	Last  string     `json:"last,omitempty"`  // the newest event of its timeline

	Life *Life `json:"life,omitempty"` // of a machine that installs

	Inventory *Inventory `json:"inventory,omitempty"` // for one machine only

	Verdicts // for one machine only

	Reasons []Reason `json:"reasons,omitempty"` // of the plan; for one machine only
}

// Verdicts say before a boot what will become of it.
type Verdicts struct {
	Memory     *boot.MemoryVerdict `json:"memory,omitempty"`      // whether the machine has what it boots by itself needs; nil: nobody says what that is
	SecureBoot *secureboot.Verdict `json:"secure_boot,omitempty"` // whether Secure Boot lets it through to what it boots; nil: it has no such firmware
}

// Reason is a step on the way to what a machine boots.
type Reason struct {
	What string `json:"what"`
	At   string `json:"at,omitempty"` // file:line:col
}

// The states beside those of a machine that installs. docs/machines.md has all of them.
const (
	Unseen  = "unseen"  // a host of the configuration that was not heard of yet
	Seen    = "seen"    // it boots what the configuration says
	Waiting = "waiting" // it shows a code and asks again, until somebody decides what it boots
	Looping = "looping" // it came back too often
	Unknown = "unknown" // what is stored of it cannot be read: it boots its disk
)

// longestFact bounds what packets say, in characters.
const longestFact = 200

// machine tells what there is in the list.
func (s *Server) machine(f *found) Machine {
	m := Machine{ID: f.id(), Name: f.name(), Action: f.plan.Action.String()}
	if f.host != nil {
		m.Host = f.host.Name
	}
	if f.plan.Profile != nil {
		m.Profile = f.plan.Profile.Name
	}
	for _, k := range f.cards {
		m.MACs = appendNew(m.MACs, macText(k.Client.MAC))
		for _, a := range k.Addrs {
			m.Addresses = appendNew(m.Addresses, a.String())
		}
	}
	if len(f.cards) > 0 {
		m.facts(&f.cards[0])
	} else {
		for _, mac := range f.host.Match.MACs {
			m.MACs = append(m.MACs, mac.String())
		}
	}
	s.place(&m, f)
	return m
}

// facts puts in what packets said, made safe for screens.
func (m *Machine) facts(k *machines.Known) {
	c := &k.Client
	if !c.UUID.IsZero() {
		m.UUID = c.UUID.String()
	}
	if c.Class != boot.ClassNone || len(c.Archs) > 0 {
		m.Arch = c.Arch().String()
	}
	if c.Relay.IsValid() {
		m.Relay = c.Relay.String()
	}
	for _, t := range []struct {
		to   *string
		from string
	}{{&m.Serial, c.Serial}, {&m.Hostname, c.Hostname}, {&m.Vendor, c.Vendor}, {&m.Interface, c.Interface}, {&m.Circuit, c.Circuit}, {&m.Remote, c.Remote}} {
		*t.to = excerpt(t.from)
	}
	if !k.Heard.IsZero() {
		heard := k.Heard.UTC()
		m.Heard = &heard
	}
}

// place says where a machine stands. That it loops goes before what is intended with it.
func (s *Server) place(m *Machine, f *found) {
	installs := false
	if s.Lives != nil {
		standing, err := s.Lives.Life(f.plan)
		if err != nil {
			m.State, m.Why = Unknown, excerpt(err.Error())
			return
		}
		m.Life, installs = lifeOf(standing), standing.Desired.Installs
	}
	switch why := s.looping(f); {
	case why != "":
		m.State, m.Why = Looping, why
	case m.Life != nil && installs:
		m.State, m.Why = m.Life.State, m.Life.Why
	default:
		m.State = map[bool]string{true: Seen, false: Unseen}[len(f.cards) > 0]
		if m.Life != nil {
			m.Why = m.Life.Why
		}
		if code := s.codeOf(f); code != "" {
			m.State, m.Why = Waiting, "it waits for a decision: its code is "+code
		}
	}
}

func (s *Server) looping(f *found) string {
	for i := range f.cards {
		if s.Looping == nil {
			return ""
		}
		if why := s.Looping(f.cards[i].History); why != "" {
			return why
		}
	}
	return ""
}

// detailed is machine with what takes longer to find.
func (s *Server) detailed(f *found) Machine {
	m := s.machine(f)
	for _, step := range f.plan.Why {
		m.Reasons = append(m.Reasons, Reason{step.What, step.Pos.String()})
	}
	m.Inventory = inventoryOf(f.inventory())
	if s.Judge != nil {
		m.Verdicts = s.Judge(f.plan, f.inventory())
	}
	if story := s.story(f.keys(), 0); len(story) > 0 {
		m.Last = story[len(story)-1].Line()
	}
	return m
}

func macText(m boot.MAC) string {
	if m.IsZero() {
		return ""
	}
	return m.String()
}

func appendNew(list []string, s string) []string {
	if s == "" || slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

// matches reports whether a machine is asked for by a filter; an empty word asks for all.
func (m *Machine) matches(q Query) bool {
	return (q.State == "" || strings.EqualFold(q.State, m.State)) && (q.Profile == "" || q.Profile == m.Profile)
}
