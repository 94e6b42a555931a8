// SPDX-License-Identifier: Apache-2.0

package life

import "slices"

// grant decides on a file that can install. It is the only place where an attempt begins.
func (m *step) grant() {
	m.endNext()
	st := m.status()
	switch {
	case st.Serve == ServeProfile && m.r.Next.Profile != "" && m.r.Next.Boot == (Boot{}):
		m.r.Next.Boot, m.changed, m.o.Durable = m.s.Boot(), true, true
		m.story("this boot is that of profile %s, as was ordered", m.r.Next.Profile)
	case st.Serve != ServeInstall:
		return
	case st.New:
		m.begin(st.Target, st.Attempt)
	case m.e.What == EvidenceScript:
		if t, _ := target(m.d, m.r); t != st.Target { // and a new script is for what is wanted by now
			m.begin(t, 1)
		}
	}
	m.give()
}

// endNext ends an order for one boot when another boot has come.
func (m *step) endNext() {
	if b := m.r.Next.Boot; b != (Boot{}) && b != m.s.Boot() {
		m.r.Next, m.changed = Next{}, true
	}
}

// begin counts an attempt.
func (m *step) begin(t Target, number int) {
	old := m.r.Attempt
	a := Attempt{Target: t, Number: number, Script: number, Boot: m.s.Boot(), At: m.at()}
	if old.Target == a.Target && m.e.What != EvidenceScript {
		a.Script = old.Script // the machine may well be in the boot of that script, and know its tokens
	} else {
		m.r.Tokens = nil
	}
	if old.Target != a.Target {
		m.r.Returns, m.r.Told = 0, nil
	}
	m.r.Attempt, m.changed, m.o.Durable = a, true, true
	m.story("attempt %d of %d at %s begins with the %s", a.Number, m.d.Attempts, a.Target, m.e.What)
}

// give notes what is given out within an attempt: the script, which is the first evidence, and the tokens in it.
func (m *step) give() {
	a := &m.r.Attempt
	going := m.s.goesThrough(*a)
	if going && a.Boot != m.s.Boot() { // a token showed it: from here on it is this appliance that knows the boot
		a.Boot, m.changed, m.o.Durable = m.s.Boot(), true, true
	}
	if going && m.e.What == EvidenceScript {
		if a.Script != a.Number {
			a.Script, m.changed = a.Number, true
		}
		m.evidence(EvidenceScript)
	}
	if going && m.e.What == EvidenceAnswer {
		m.evidence(EvidenceAnswer)
	}
	for _, t := range m.e.Tokens {
		if going {
			t.Target, t.Number = a.Target, a.Number
			m.r.Tokens = append(slices.Clip(m.r.Tokens[max(0, len(m.r.Tokens)-mostTokens+1):]), t)
			m.changed, m.o.Durable = true, true
		}
	}
}
