// SPDX-License-Identifier: Apache-2.0

package life

// sent is the end of a transfer that went well.
func (m *step) sent() {
	if m.e.Boot == m.s.Boot() && m.e.What != EvidenceNone {
		m.evidence(m.e.What)
	}
	if m.d.Success.By == ProofFetch && m.e.Path != "" && m.e.Path == m.d.Success.Path && m.provable() {
		m.finish("fetch")
	}
}

// provable says that a proof of success would be believed: the attempt is for what is owed, nothing else ended it, and the
// installer had its turn.
func (m *step) provable() bool {
	a := m.r.Attempt
	t, owed := target(m.d, m.r)
	return m.d.Installs && owed && a.Number > 0 && a.Ending.open() && a.Target == t && a.ran()
}

// reported is a call that says that it is done.
func (m *step) reported() {
	c, a := m.e.Claim, m.r.Attempt
	switch {
	case c.Number > 0 && m.r.Done.How != "" && m.r.Done.Target.covers(c.Target):
		m.o.Already = true
	case a.believes(c):
		m.callback()
		m.finish("callback")
	default:
		m.refuse("a late report says that attempt %d at %s is done; the machine was given something newer since", c.Number, c.Target)
	}
}

// complained is a call that says that it failed.
func (m *step) complained() {
	c, a := m.e.Claim, &m.r.Attempt
	why := short(m.e.Text)
	switch {
	case !a.believes(c) || a.Ending == Done:
		m.refuse("a late report says that attempt %d at %s failed (%s); nothing follows from it", c.Number, c.Target, why)
	case a.Ending == Failed:
		m.o.Already = true
	default:
		m.callback()
		a.Ending, a.Why, m.changed, m.o.Durable = Failed, why, true, true
		m.alarm(AlarmFailed, "attempt %d of %d at %s failed: %s", a.Number, m.d.Attempts, a.Target, why)
	}
}

func (m *step) refuse(format string, args ...any) {
	m.o.Refused = true
	m.story(format, args...)
}

// callback notes that there was one, also of an attempt that was given up.
func (m *step) callback() {
	a := &m.r.Attempt
	a.Seen, m.changed = append(a.Seen[:len(a.Seen):len(a.Seen)], Seen{What: EvidenceCallback, At: m.at()}), true
}

// systemSeen is an operating system that asks for its address. In the boot of an attempt it is the installer's own; after the
// machine was sent to its disk it is what is installed there.
func (m *step) systemSeen() {
	if m.s.disk && m.r.Returns > 0 && m.r.Returns < diskFails {
		m.r.Returns, m.changed = 0, true
	}
	m.evidence(EvidenceSystem)
	if m.d.Success.By == ProofSystem && m.provable() && (m.s.tries(m.r.Attempt) || m.s.elapsed(m.r.Attempt, m.e.Uptime) >= m.d.Within) {
		m.finish("os-dhcp")
	}
}

// ticked is for attempts that take too long.
func (m *step) ticked() {
	a := &m.r.Attempt
	elapsed := m.s.elapsed(*a, m.e.Uptime)
	switch {
	case !m.d.Installs || a.Number == 0 || elapsed < m.d.Within:
	case m.d.Success.By == ProofTimeout && m.provable():
		m.finish("timeout")
	case a.Ending == Pending:
		a.Ending, m.changed = Stalled, true
		m.alarm(AlarmStalled, "attempt %d of %d at %s: nothing was heard of its end within %s; it came as far as: %s", a.Number, m.d.Attempts, a.Target, m.d.Within, a.Strongest())
	case a.Ending == Stalled && elapsed >= 2*m.d.Within && len(m.r.Tokens) > 0:
		m.r.Tokens, m.changed = nil, true
	}
}
