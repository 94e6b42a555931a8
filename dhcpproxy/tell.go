// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"sync"
	"time"

	"github.com/rs/zerolog"

	"github.com/bootlace-net/bootlace/boot"
)

// Event is one decision, as a hook hears it.
type Event struct {
	Time     time.Time
	Role     Role
	IPv6     bool
	Remote   string
	Arrival  Arrival
	Type     string // of the request
	Client   boot.Client
	Host     string // of the configuration; "" for a machine without one
	Profile  string
	Verdict  Verdict
	Strategy Strategy
	Why      string
	File     string
	Looping  int
	Note     string
}

// notes remembers what was said lately, so that nothing is said too often.
type notes struct {
	mu   sync.Mutex
	said map[string]time.Time
}

const (
	noteAge  = 10 * time.Minute
	maxNotes = 1024
)

// due reports whether something is to be said now: once in age.
func (n *notes) due(what string, now time.Time, age time.Duration) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if at, ok := n.said[what]; ok && now.Sub(at) < age {
		return false
	}
	if n.said == nil || len(n.said) >= maxNotes {
		n.said = make(map[string]time.Time)
	}
	n.said[what] = now
	return true
}

// linesPerMinute is how many lines of the log one machine can cause. A boot takes about six.
const linesPerMinute = 20

// linesPerSecond is how many all machines together can, once linesAtOnce are used up: room for thousands that boot at the
// same time, but not for somebody who invents an address for every packet.
const (
	linesPerSecond = 100
	linesAtOnce    = 20000
)

// worth reports whether an event of a machine may take a line, and how many were left out before it. With full, it is the
// log that has had enough, not this machine.
func (r *Responder) worth(key boot.MAC, now time.Time) (ok, full bool, left int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	rec := r.recall(key)
	if now.Sub(rec.told) > time.Minute {
		left = max(0, rec.skipped-linesPerMinute)
		rec.told, rec.skipped = now, 0
	}
	if rec.skipped++; rec.skipped > linesPerMinute {
		return false, false, 0
	}
	ok = r.lines.take(now, linesPerSecond, linesAtOnce)
	return ok, !ok, left
}

// tell counts a decision, and passes it on to hooks and log.
func (s *Server) tell(ans *Answer, a *Arrival, c *socket) {
	v := ans.Verdict
	s.counts.packets[portIndex(c.role, c.six)][v].Add(1)
	if v.Answered() {
		s.counts.strategies[ans.Strategy].Add(1)
	}
	if ans.Looping > 0 {
		s.counts.loops.Add(1)
	}
	if ans.twice {
		s.counts.rivals[rivalTwice].Add(1)
	}
	if s.Seen != nil && (!ans.Client.MAC.IsZero() || ans.Client.Addr.IsValid()) {
		s.Seen(ans.Client)
	}
	level := s.level(ans)
	logs := level >= s.Logger.GetLevel() && level >= zerolog.GlobalLevel()
	if s.Hook == nil && !logs && ans.Note == "" {
		return
	}
	e := s.event(ans, a, c)
	if s.Hook != nil && !v.Noise() {
		s.Hook(e)
	}
	if ans.Note != "" && s.noteDue(ans, a.Time) {
		s.Logger.Warn().Str("step", "dhcp").Stringer("mac", ans.Client.MAC).Msg(ans.Note)
	}
	if logs {
		s.log(level, &e, ans)
	}
}

// noteDue reports whether a note is to be told: about the network once, about a machine once in a while.
func (s *Server) noteDue(ans *Answer, now time.Time) bool {
	if ans.twice {
		return s.notes.due(ans.Note, now, rivalAge)
	}
	return s.notes.due(ans.key.String()+ans.Note, now, noteAge)
}

// level is how loud a decision is: what is sent is the story of a boot; a repetition is a detail of it; silence towards
// machines that are not ours is of interest to those who look for it.
func (s *Server) level(ans *Answer) zerolog.Level {
	switch {
	case ans.Looping > 0 && ans.Fresh:
		return zerolog.WarnLevel
	case ans.Verdict.Noise():
		return zerolog.DebugLevel
	case ans.Verdict == SilentRate || ans.Verdict == SilentFlood:
		return zerolog.WarnLevel
	case ans.Verdict.Answered() || ans.Verdict == ObservedOffer || ans.Verdict == ObservedAck:
		return zerolog.InfoLevel
	default:
		return zerolog.WarnLevel
	}
}

func (s *Server) event(ans *Answer, a *Arrival, c *socket) Event {
	e := Event{
		Time: a.Time, Role: c.role, IPv6: c.six, Remote: a.Remote.String(), Arrival: *a, Type: ans.kind(c.six),
		Client: ans.Client, Verdict: ans.Verdict, Strategy: ans.Strategy, Why: ans.Why, File: ans.File,
		Looping: ans.Looping, Note: ans.Note,
	}
	if ans.Plan.Host != nil {
		e.Host = ans.Plan.Host.Name
	}
	if ans.Plan.Profile != nil {
		e.Profile = ans.Plan.Profile.Name
	}
	return e
}

func (ans *Answer) kind(six bool) string {
	if six {
		return ans.Type6
	}
	if ans.Type == 0 {
		return ""
	}
	return ans.Type.String()
}

// log writes the line of a decision.
func (s *Server) log(level zerolog.Level, e *Event, ans *Answer) {
	if level > zerolog.DebugLevel && !s.spend(e, ans) {
		return
	}
	l := s.Logger.WithLevel(level).Str("step", "dhcp").Str("port", e.port())
	if !e.Client.MAC.IsZero() {
		l = l.Stringer("mac", e.Client.MAC)
	}
	l = texts(l, "host", e.Host, "profile", e.Profile, "interface", e.Arrival.Interface, "request", e.Type)
	if e.Client.Class != boot.ClassNone {
		l = l.Stringer("arch", e.Client.Arch()).Stringer("stage", e.Client.Stage)
	}
	if e.Client.Relay.IsValid() {
		l = l.Stringer("relay", e.Client.Relay)
	}
	if e.Strategy != Auto {
		l = texts(l.Stringer("strategy", e.Strategy), "why", e.Why)
	}
	l = l.Stringer("verdict", e.Verdict)
	if len(ans.Reply) > 0 {
		l = l.Stringer("to", ans.To.Remote)
	}
	if e.Looping > 0 {
		l = l.Int("returns", e.Looping)
	}
	texts(l, "detail", ans.Detail).Msg(e.sentence())
}

// spend reports whether there is a line for a decision, and says when there is none any more.
func (s *Server) spend(e *Event, ans *Answer) bool {
	if ans.Verdict == SilentFlood && !s.notes.due("flood", e.Time, noteAge) {
		return false
	}
	ok, full, left := s.worth(ans.key, e.Time)
	if full && s.notes.due("full", e.Time, noteAge) {
		s.Logger.Warn().Str("step", "dhcp").Msgf("more than %d lines a second about DHCP: the rest is only counted (bootlace_dhcp_packets_total)", linesPerSecond)
	}
	if left > 0 {
		s.Logger.Warn().Str("step", "dhcp").Stringer("mac", e.Client.MAC).Int("lines", left).Msg("this machine asks very often: lines were left out")
	}
	return ok
}

// texts adds the pairs that have a value.
func texts(l *zerolog.Event, pairs ...string) *zerolog.Event {
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			l = l.Str(pairs[i], pairs[i+1])
		}
	}
	return l
}

func (e *Event) port() string {
	if e.IPv6 && e.Role == RoleDHCP {
		return "547"
	}
	return e.Role.String()
}

func (e *Event) sentence() string {
	if e.File != "" {
		return e.Verdict.Sentence() + " " + e.File
	}
	return e.Verdict.Sentence()
}
