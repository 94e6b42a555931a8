// SPDX-License-Identifier: Apache-2.0

package life

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Result is what an event or an order leads to.
type Result struct {
	Record  Record
	Changed bool // it is another one than before: store it
	Durable bool // and nothing may be answered before it is stored

	Status  Status // after it, to answer by
	Effects []Effect
	Already bool // a report of what is known: it is answered like the first one
	Refused bool // a report that was not believed, or an order that makes no sense now; Status or the effects say why

	boot Boot // the machine was in
}

// Refuse is the answer where the store failed or a record cannot be read: the machine's disk and an alarm, never an installation.
func Refuse(why error) Result {
	return Result{
		Status:  Status{State: StateLocal, Serve: ServeLocal, Why: "it is not known whether it may install"},
		Effects: []Effect{{Alarm: AlarmRefused, Text: "sent to its disk, because it is not known whether it may install: " + why.Error()}},
		Refused: true,
	}
}

var errNoSight = errors.New("a file is asked for by a machine that nobody looked at")

// Step says what an event does to a machine's life, and what is to be answered. The sight has seen the event already.
func Step(d Desired, r Record, s Sight, e Event) Result {
	m := &step{d: d.complete(), r: r, s: s, e: e}
	if e.Kind == Asked && (s.n == 0 || s.Run == "") {
		return Refuse(errNoSight)
	}
	m.known()
	switch e.Kind {
	case Requested:
		m.returned()
	case Asked:
		m.returned()
		m.grant()
	case Sent:
		m.sent()
	case Logged:
		m.evidence(EvidenceLog)
	case Reported:
		m.reported()
	case Complained:
		m.complained()
	case SystemSeen:
		m.systemSeen()
	case Ticked:
		m.ticked()
	default:
	}
	return m.result()
}

// step is one event on its way through a record.
type step struct {
	d       Desired
	r       Record
	s       Sight
	e       Event
	o       Result
	changed bool
}

func (m *step) status() Status { return Derive(m.d, m.r, m.s) }

func (m *step) result() Result {
	m.exhausted()
	if m.changed {
		m.r.Schema = Schema
	}
	m.o.Record, m.o.Changed = m.r, m.changed
	m.o.Status, m.o.boot = m.status(), m.s.Boot()
	return m.o
}

func (m *step) at() time.Time { return m.e.At.UTC().Truncate(time.Second) }

func (m *step) story(format string, args ...any) {
	m.o.Effects = append(m.o.Effects, Effect{Text: fmt.Sprintf(format, args...)})
}

func (m *step) alarm(a Alarm, format string, args ...any) {
	m.o.Effects = append(m.o.Effects, Effect{Alarm: a, Text: fmt.Sprintf(format, args...)})
}

// once tells an alarm unless it was told for this target.
func (m *step) once(a Alarm, format string, args ...any) {
	if !slices.Contains(m.r.Told, a) {
		m.r.Told, m.changed = append(slices.Clip(m.r.Told), a), true
		m.alarm(a, format, args...)
	}
}

// exhausted tells that a machine has no attempt left, when it comes again or its last one failed.
func (m *step) exhausted() {
	if st := derive(m.d, m.r, m.s); st.State == StateExhausted {
		m.once(AlarmExhausted, "%s, %s: no attempt is left (%d of %d); it boots what comes after the installation", m.d.Profile, st.Target, m.r.Attempt.Number, m.d.Attempts)
	}
}

// known notes who lives this life, so that a host that is renamed does not begin a new one.
func (m *step) known() {
	if mac := m.e.NIC; m.d.Installs && !mac.IsZero() && !slices.Contains(m.r.MACs, mac.String()) {
		keep := m.r.MACs[max(0, len(m.r.MACs)-mostMACs+1):]
		m.r.MACs, m.changed = append(slices.Clip(keep), mac.String()), true
	}
	if u := m.e.UUID; m.d.Installs && !u.IsZero() && m.r.UUID != u.String() {
		m.r.UUID, m.changed = u.String(), true
	}
}

// returned notices a machine that was sent to its disk and is back.
func (m *step) returned() {
	if !m.d.Installs || !m.s.began || !m.s.back || m.r.Returns >= diskFails {
		return
	}
	st := derive(m.d, m.r, m.s)
	if st.Serve == ServeInstall && st.Target != m.r.Attempt.Target {
		return // it is about to be installed anew: what its disk does is of no interest
	}
	m.r.Returns, m.changed = m.r.Returns+1, true
	if st.State == StateTrial {
		m.r.Attempt.Ending, m.r.Attempt.Why = Failed, "the disk did not boot after it"
		m.story("attempt %d failed: the machine was sent to its disk and came back", m.r.Attempt.Number)
	}
	if m.r.Returns >= diskFails {
		m.once(AlarmDisk, "its disk does not boot: it was sent there %d times and came back within minutes", m.r.Returns)
	}
}

// evidence notes the first of a kind, for the attempt that the machine is in.
func (m *step) evidence(what Evidence) {
	a := &m.r.Attempt
	if !m.s.goesThrough(*a) || slices.ContainsFunc(a.Seen, func(s Seen) bool { return s.What == what }) {
		return
	}
	a.Seen, m.changed = append(slices.Clip(a.Seen), Seen{What: what, At: m.at()}), true
	m.story("attempt %d: %s", a.Number, what)
}

// finish ends an attempt well.
func (m *step) finish(how string) {
	a := &m.r.Attempt
	a.Ending, a.Why = Done, ""
	m.r.Done = Finish{Target: a.Target, At: m.at(), How: how}
	m.r.Returns, m.r.Told, m.changed = 0, nil, true
	m.r.Tokens = slices.DeleteFunc(slices.Clone(m.r.Tokens), func(t Token) bool { return t.Scope != ScopeDone })
	m.o.Durable = true
	m.story("%s is installed, shown by %s", a.Target, how)
}

func short(s string) string {
	if len(s) > mostText {
		s = s[:mostText]
	}
	return strings.ToValidUTF8(s, "")
}
