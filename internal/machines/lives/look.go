// SPDX-License-Identifier: Apache-2.0

package lives

import (
	"github.com/bootlace-net/bootlace/internal/machines/life"
)

// Status says where a machine is, without anything having happened.
func (l *Lives) Status(m Machine) life.Status {
	if err := l.Trouble(); err != nil && m.Desired.Installs {
		return life.Refuse(err).Status
	}
	l.doubted(&m)
	e := l.known(m.Key)
	if e == nil {
		return life.Derive(m.Desired, life.Record{}, life.Sight{})
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.damaged != nil {
		return refuse(&m, e.damaged).Status
	}
	return life.Derive(m.Desired, e.ahead, e.sight)
}

// Look says what a machine is to get that asks DHCP. It waits for nothing, and begins no attempt.
func (l *Lives) Look(m Machine, ev life.Event) life.Status {
	return l.happened(m, ev).Status
}

// Note takes what was seen of a machine. It waits for nothing.
func (l *Lives) Note(m Machine, ev life.Event) { l.happened(m, ev) }

// happened is an event that nobody waits for.
func (l *Lives) happened(m Machine, ev life.Event) life.Result {
	ev = l.filled(&m, ev)
	e, refused := l.begin(&m)
	if e == nil {
		l.tell(&m, refused.Effects)
		return refused
	}
	e.mu.Lock()
	l.stamp(&ev)
	e.look(&m, ev)
	if err := e.damaged; err != nil {
		l.writeSoon(e) // it may be mended by now
		e.mu.Unlock()
		refused = refuse(&m, err)
		l.tell(&m, refused.Effects)
		return refused
	}
	o := life.Step(m.Desired, e.ahead, e.sight, ev)
	keep := o.Changed && e.worthKeeping(ev.Kind)
	if keep { // most packets change nothing, and nothing is made of them
		c := e.change(ev)
		c.result, c.waits, c.again = o, o.Durable, true // what it says is told when it is so
		e.add(c)
		l.writeSoon(e)
	}
	e.sight = e.sight.After(o, ev)
	e.mu.Unlock()
	if !keep || !o.Durable {
		l.tell(&m, o.Effects)
	}
	return o
}

// refuse is the answer where nothing is known. A machine that installs nothing boots what the configuration says.
func refuse(m *Machine, why error) life.Result {
	o := life.Refuse(why)
	if !m.Desired.Installs {
		o.Status.Serve, o.Effects = life.ServeConfigured, nil
	}
	return o
}

// worthKeeping says which events may be the first thing that is kept of a machine: anybody can send a DHCP packet, or a file's
// name, with any address in it.
func (e *entry) worthKeeping(k life.Kind) bool {
	return e.rev != 0 || e.from != nil || len(e.pending) > 0 || k == life.Asked
}

// begin finds the entry of a machine; without one, the answer is that of Refuse.
func (l *Lives) begin(m *Machine) (*entry, life.Result) {
	if m.Key == "" {
		return nil, refuse(m, errNameless)
	}
	e := l.entry(m)
	if e == nil {
		return nil, refuse(m, errTooMany)
	}
	if err := l.Trouble(); err != nil && m.Desired.Installs {
		return nil, refuse(m, err)
	}
	return e, life.Result{}
}

// filled completes an event by who it is about.
func (l *Lives) filled(m *Machine, ev life.Event) life.Event {
	l.doubted(m)
	if ev.NIC.IsZero() {
		ev.NIC = m.Plan.Client.MAC
	}
	if ev.UUID.IsZero() {
		ev.UUID = m.Plan.Client.UUID
	}
	return ev
}

// stamp says when an event is. The entry's lock is held: events of one machine must not be older than those before them, or a file that
// two connections ask for at once would be one of two boots.
func (l *Lives) stamp(ev *life.Event) { ev.At, ev.Uptime = l.o.Now() }
