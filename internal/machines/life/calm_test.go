// SPDX-License-Identifier: Apache-2.0

package life

import "fmt"

// calmly is what a machine asks for next that does one thing after the other: the same again, or what comes after it.
func (w *world) calmly(o op) Evidence {
	if w.boot == 0 || w.disk {
		return EvidenceNone
	}
	if o.a%2 == 1 && w.stage != EvidenceNone && w.unsaid.Kind == Sent && w.now-w.quiet < unheardAgain/4 {
		return w.stage
	}
	if w.unsaid.Kind == Sent {
		w.take(0, w.unsaid, op{})
		if w.unsaid.What == EvidenceKernel && w.kernel == w.boot {
			w.installer, w.changed = w.boot, w.wanted || w.store.now.Held
		}
		w.unsaid = Event{}
	}
	if w.stage == EvidenceAnswer {
		return EvidenceNone
	}
	w.stage = max(w.stage+1, EvidenceScript)
	return w.stage
}

// report is a call of an installer; whose does not run in this boot may come late.
func (w *world) report(app int, o op) {
	if len(w.claims) == 0 || w.calm && (o.do == actFailed || w.stage < EvidenceInitrd || w.mine.Number == 0) {
		return
	}
	c := w.claims[int(o.a)%len(w.claims)]
	if o.b%2 == 0 && w.mine.Number > 0 || w.calm {
		c = w.mine
	}
	e := Event{Kind: Reported, Claim: c}
	if o.do == actFailed {
		e.Kind = Complained
	} else {
		w.ledger.add(line{what: "claim", n: c.Target})
	}
	res, answered := w.take(app, e, o)
	if answered && !res.Refused && o.do == actDone {
		w.finished(c.Target)
		if w.calm && !res.Record.Done.Target.covers(c.Target) {
			w.fail("I5: a report is acknowledged and forgotten")
		}
	}
	if answered && res.Refused && w.calm {
		w.fail("I5: the report of the attempt that runs is not believed")
	}
}

// finished is a target that the world has been told is done.
func (w *world) finished(n Target) {
	w.ledger.add(line{what: "done", n: n})
	w.returns, w.diskTold, w.changed, w.wanted = 0, false, true, false
}

// system is an operating system that asks DHCP.
func (w *world) system(o op) {
	if w.calm && !w.disk && w.stage < EvidenceInitrd {
		return
	}
	proves := w.calm && w.disk && w.success.By == ProofSystem && w.installer == w.boot-1 && w.boot > 1 && !w.changed
	if w.disk && w.returns < diskFails {
		w.returns = 0
	}
	for app := range w.apps {
		if w.ears == 1 || w.calm && app > 0 {
			continue
		}
		e := Event{Kind: SystemSeen, NIC: nic1}
		if w.success.By == ProofFetch && o.b%2 == 0 {
			e = Event{Kind: Sent, Path: w.success.Path} // the first thing that it does
		}
		res, _ := w.take(app, e, o)
		if proves && !res.Record.Done.Target.covers(w.what) {
			w.fail("I9: the installed system asked for its address, and nobody takes note")
		}
		o.cut, o.nested = 0, false
	}
	if !w.calm && o.a%3 == 0 {
		w.late = append(w.late, delayed{app: int(o.app), e: Event{Kind: SystemSeen, NIC: nic1}})
	}
}

// ordered is what an order changes for a calm machine.
func (w *world) ordered(v Verb) {
	w.wanted = w.wanted || v == OrderInstall
	if w.changed = true; v == OrderRelease {
		w.returns, w.diskTold = 0, false
		w.releases++
	}
}

// hearAlarm counts alarms.
func (w *world) hearAlarm(e Effect, r Record) {
	key := fmt.Sprint(e.Alarm, r.Attempt.Target, r.Done.Target)
	switch e.Alarm {
	case AlarmDisk:
		w.diskTold = true
		key += fmt.Sprint(w.releases)
	case AlarmExhausted:
	default:
		return
	}
	if w.told[key] && w.calm {
		w.fail("I7: told twice: %s", e.Text)
	}
	if w.told == nil {
		w.told = map[string]bool{}
	}
	w.told[key] = true
}
