// SPDX-License-Identifier: Apache-2.0

package life

import (
	"fmt"
	"time"
)

// action is one kind of thing that a schedule lets happen.
type action uint8

const (
	actBoot       action = iota // the machine starts again
	actWay                      // its firmware goes on to the next NIC
	actLoader                   // our iPXE asks DHCP
	actAsk                      // it asks for a file
	actDeliver                  // what was delayed arrives
	actRepeat                   // and stays, to arrive once more
	actDone                     // it reports
	actFailed                   // the other report
	actLog                      // a line of its log
	actSystem                   // a system asks for an address
	actTick                     // an appliance looks at the time
	actWait                     // time goes by
	actCrash                    // of one appliance
	actPower                    // of both, with all that was not synced
	actStore                    // it begins to fail, or works again
	actOrder                    // of the operator
	actGeneration               // is raised or lowered
	actionCount
)

// op is one line of a schedule. What a and b mean is up to the action.
type op struct {
	do     action
	app    uint8
	a, b   uint8
	cut    uint8 // a crash in the middle: 1 before the swap, 2 after it, 3 of both with their power after it
	nested bool  // the next op happens between load and swap
	clock  int16 // the clocks are set, by minutes
}

func (o op) String() string {
	name := [...]string{"boot", "way", "loader", "ask", "deliver", "repeat", "done", "failed", "log", "system", "tick", "wait", "crash", "power", "store", "order", "generation"}[o.do]
	return fmt.Sprintf("%-10s app=%d a=%d b=%d cut=%d nested=%t clock=%+dm", name, o.app, o.a, o.b, o.cut, o.nested, o.clock)
}

// plan is what stays the same during a schedule.
type plan struct {
	attempts int
	success  Success
	ears     uint8 // whether appliances hear boots begin: 0 all, 1 none, 2 some
	calm     bool  // one appliance, nothing is lost and nothing comes twice: all counts must be exact
	encoded  bool
	bug      string
}

func (p plan) String() string {
	return fmt.Sprintf("attempts=%d success=%s ears=%d calm=%t", p.attempts, p.success, p.ears, p.calm)
}

// next plays one op.
func (w *world) next() {
	if w.pos >= len(w.ops) || w.failed != "" {
		return
	}
	o := w.ops[w.pos]
	w.pos++
	w.wall += time.Duration(o.clock) * time.Minute
	w.now += time.Second
	app := int(o.app)
	if w.calm && (o.do == actLoader && w.stage > EvidenceScript || o.do == actLog && w.stage < EvidenceAnswer) {
		return
	}
	switch o.do {
	case actBoot:
		w.startBoot(o)
	case actWay:
		w.nextWay(o)
	case actLoader:
		w.broadcast(Event{Kind: Requested, Fresh: true, Way: "v4", NIC: w.nic(0)}, 3, o)
	case actAsk:
		w.ask(app, o)
	case actDeliver, actRepeat:
		w.deliver(o)
	case actDone, actFailed:
		w.report(app, o)
	case actLog:
		w.ledger.add(line{what: "runs"})
		w.take(app, Event{Kind: Logged}, o)
	case actSystem:
		w.system(o)
	case actTick:
		w.take(app, Event{Kind: Ticked}, o)
	case actWait:
		w.now += [...]time.Duration{10 * time.Second, time.Minute, 5 * time.Minute, 20 * time.Minute, 3 * time.Hour}[o.a%5]
	case actCrash:
		w.restart(app)
	case actPower:
		w.powerCut()
	case actStore:
		w.breakStore(o)
	case actOrder:
		w.order(app, o)
	case actGeneration:
		w.generation(app, o)
	default:
	}
}

func (w *world) breakStore(o op) {
	w.store.broken = [...]string{"", "", "", "unreadable", "garbage", "full", "lost-answer"}[o.a%7]
	what := "whole"
	if w.store.broken == "unreadable" || w.store.broken == "garbage" {
		what = "unreadable"
	}
	w.ledger.add(line{what: what})
}

func (w *world) order(app int, o op) {
	verb := [...]Verb{OrderInstall, OrderHold, OrderRelease, OrderRelease, OrderDone, OrderNext, OrderForget, OrderInstall}[o.a%8]
	a := &w.apps[app]
	if verb == OrderDone {
		w.ledger.add(line{what: "operator"})
	}
	res, answered := w.settle(app, o, verb, func(r Record) Result {
		res := Command(a.want, r, a.sight, Order{Verb: verb, Profile: "rescue", At: w.stamp(app, Event{}).At})
		w.moves.note(Derive(a.want, r, a.sight).State, Trigger(verb), res.Status.State)
		return res
	})
	if answered {
		w.note(res)
		w.ordered(verb)
	}
}

func (w *world) generation(app int, o op) {
	before := w.apps[app].want
	defer func() { w.reload(app, before) }()
	for i := range w.apps {
		if i != app && o.b%4 == 0 && !w.calm {
			continue // it has not the new configuration yet
		}
		g := &w.apps[i].want.Generation
		*g++
		if o.a%3 == 0 {
			*g = max(1, *g-2)
		}
		w.ledger.add(line{what: "want", app: i, n: Target{Generation: *g}})
	}
	w.changed, w.wanted = true, true
}

// deliver lets a delayed event arrive.
func (w *world) deliver(o op) {
	if len(w.late) == 0 {
		return
	}
	i := int(o.a) % len(w.late)
	d := w.late[i]
	if o.do == actDeliver || w.calm {
		w.late = append(w.late[:i:i], w.late[i+1:]...)
	}
	if d.e.Kind == Requested && d.e.NIC != w.nic(0) {
		return // an old packet of the other NIC is the next way to go
	}
	if d.run == 0 || d.run == w.apps[d.app].runs {
		w.take(d.app, d.e, o)
	}
}
