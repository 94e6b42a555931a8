// SPDX-License-Identifier: Apache-2.0

package life

import (
	"slices"
	"time"
)

// Verb is what an operator can order.
type Verb string

// The verbs of "bootlace machines".
const (
	OrderInstall Verb = "install" // once more, whatever was installed
	OrderHold    Verb = "hold"    // install nothing until it is released
	OrderRelease Verb = "release" // and let it be forgotten that the disk did not boot
	OrderDone    Verb = "done"    // take it that what is owed is installed
	OrderForget  Verb = "forget"  // all that is told of it, but neither what is installed nor what was tried
	OrderNext    Verb = "next"    // boot another profile, once; no profile: take that back
)

// Verbs lists them all.
func Verbs() []Verb {
	return []Verb{OrderInstall, OrderHold, OrderRelease, OrderDone, OrderForget, OrderNext}
}

// Order is one order. It is stored before it is acknowledged.
type Order struct {
	Verb    Verb
	Profile string // for next
	At      time.Time
}

// Command says what an order does to a machine's life. The caller knows that the profile of a next boot exists.
func Command(d Desired, r Record, s Sight, o Order) Result {
	m := &step{d: d.complete(), r: r, s: s, e: Event{At: o.At}}
	switch o.Verb {
	case OrderInstall:
		m.orderInstall()
	case OrderHold, OrderRelease:
		m.hold(o.Verb == OrderHold)
	case OrderDone:
		m.orderDone()
	case OrderForget:
		m.r.Attempt.Why, m.r.MACs, m.r.UUID, m.r.Next, m.changed = "", nil, "", Next{}, true
		m.story("its story is forgotten; what is installed, held and tried stays")
	case OrderNext:
		m.next(o.Profile)
	default:
		m.refuse("%q is no order", o.Verb)
	}
	m.o.Durable = m.changed
	return m.result()
}

func (m *step) orderInstall() {
	if !m.d.Installs {
		m.refuse("its profile does not install: there is nothing to do")
		return
	}
	if m.r.Orders >= mostOrders {
		m.refuse("it was ordered to install %d times: that is no machine any more, but a program that goes wrong", m.r.Orders)
		return
	}
	m.r.Orders, m.changed = m.r.Orders+1, true
	m.sure()
	text := "its next boot installs"
	if m.r.Held {
		text = "it installs when it is released"
	}
	m.story("an operator ordered to install: %s", text)
}

func (m *step) hold(held bool) {
	word := map[bool]string{true: "holds", false: "releases"}[held]
	if !held {
		m.sure()
		told := slices.DeleteFunc(slices.Clone(m.r.Told), func(a Alarm) bool { return a == AlarmDisk })
		m.changed = m.changed || m.r.Returns != 0
		m.r.Returns, m.r.Told = 0, told
	}
	m.changed = m.changed || m.r.Held != held
	m.r.Held = held
	m.story("an operator %s it", word)
}

// sure ends the doubt about the machine: the operator knows better.
func (m *step) sure() {
	m.changed = m.changed || m.r.Sure != m.d.Doubt && m.d.Doubt != ""
	if m.d.Doubt != "" {
		m.r.Sure = m.d.Doubt
	}
}

func (m *step) orderDone() {
	t, owed := target(m.d, m.r)
	if !m.d.Installs || !owed {
		m.o.Already = true
		return
	}
	if m.r.Attempt.Target == t {
		m.finish("operator")
		return
	}
	m.r.Attempt.Target = t
	m.finish("operator")
	m.r.Attempt = Attempt{} // it was of an older target
}

func (m *step) next(profile string) {
	m.r.Next, m.changed = Next{}, true
	if profile == "" {
		m.story("an operator took back the order for its next boot")
		return
	}
	m.r.Next = Next{Profile: short(profile), At: m.at()}
	m.story("an operator ordered profile %s for its next boot", profile)
}
