// SPDX-License-Identifier: Apache-2.0

package life

import (
	"fmt"
	"time"
)

// machine is what is really so of the machine.
type machine struct {
	boot  int           // how often it has started
	first int           // the NIC that its firmware tries first in this boot
	quiet time.Duration // when it was last heard of
	mine  Claim         // what the script of this boot holds

	// Only a calm one does as a real one does, and is looked at closely.
	stage     Evidence // what it asked for last in this boot
	unsaid    Event    // the end of that transfer
	second    bool     // its firmware went on to the other NIC
	disk      bool     // it was sent to its disk in this boot
	diskAt    time.Duration
	returns   int
	diskTold  bool
	told      map[string]bool
	releases  int
	kernel    int    // the last boot in which it was given one that installs
	installer int    // the last boot in which it got all of a kernel
	what      Target // and for what
	changed   bool   // something else is wanted or done since
	wanted    bool   // another target may be owed
}

func (w *world) nic(n int) (mac [6]byte) { return [...][6]byte{nic1, nic2}[(w.first+n)%2] }

// startBoot is the machine being switched on or starting again. Where appliances may not hear it, or its
// firmware has several ways to go, it takes a minute: less is not told from the same boot.
func (w *world) startBoot(o op) {
	first := int(o.b>>2) % 2
	if w.calm {
		first = 0
	}
	if w.ears != 0 || first != w.first || w.second {
		w.now = max(w.now, w.quiet+61*time.Second)
	}
	if w.disk && w.now-w.diskAt <= soon && !w.wanted {
		w.returns++
	}
	w.boot, w.first, w.quiet, w.mine, w.stage, w.disk, w.second, w.unsaid = w.boot+1, first, w.now, Claim{}, 0, false, false, Event{}
	mask := [...]uint8{3, 0, o.b & 3}[w.ears]
	w.broadcast(Event{Kind: Requested, Fresh: w.bug != bugBootsUnseen, Firmware: true, Way: "v4", NIC: w.nic(0)}, mask, o)
	if w.calm && w.returns >= diskFails && !w.diskTold && !w.wanted {
		w.fail("I7: it is back from its disk the second time, and nobody is told")
	}
}

// nextWay is the firmware going on to its next NIC, within the minute and before a kernel runs.
func (w *world) nextWay(o op) {
	if w.boot == 0 || w.second || w.calm && (w.stage > EvidenceScript || w.now-w.quiet > 30*time.Second) {
		return
	}
	w.second = true
	mask := [...]uint8{3, 0, o.b & 3}[w.ears]
	w.broadcast(Event{Kind: Requested, Fresh: true, Firmware: true, Way: "v4", NIC: w.nic(1)}, mask, o)
}

// broadcast is a packet that the appliances of a mask hear.
func (w *world) broadcast(e Event, mask uint8, o op) {
	for app := range w.apps {
		if mask&(1<<app) == 0 || w.calm && app > 0 {
			continue
		}
		mine := o
		mine.nested = o.nested && mask>>(app+1) == 0 // all have heard it before the machine goes on
		res, answered := w.take(app, e, mine)
		if !w.calm && !w.second && o.a%4 == 0 {
			w.late = append(w.late, delayed{app: app, e: e}) // it comes once more, later
		}
		if answered && w.calm {
			w.answered(res.Status, e)
		}
		o.cut = 0
	}
}

// answered looks at what a calm machine gets.
func (w *world) answered(st Status, e Event) {
	if st.Serve == ServeLocal && (e.Kind == Requested || e.Kind == Asked) {
		w.disk, w.diskAt = true, w.now
	} else if e.Kind == Asked {
		w.disk = false
	}
	if st.Serve == ServeInstall && w.success.By != ProofCallback && w.installer == w.boot-1 && w.boot > 1 && !w.changed {
		w.fail("I9: the installer had its turn and cannot call back, and the machine is not sent to its disk")
	}
}

// ask is for a file.
func (w *world) ask(app int, o op) {
	what := [...]Evidence{EvidenceScript, EvidenceKernel, EvidenceInitrd, EvidenceAnswer, EvidenceScript, EvidenceKernel}[o.a%6]
	if w.calm {
		if what = w.calmly(o); what == EvidenceNone {
			return
		}
		app = 0
	}
	e := Event{Kind: Asked, What: what, NIC: w.nic(0)}
	if o.b&1 == 1 && w.mine.Number > 0 {
		e.Claim = w.mine
	}
	if o.b&2 == 2 && what == EvidenceScript {
		e.Tokens = []Token{{Hash: fmt.Sprint(w.pos), Scope: ScopeDone}}
	}
	if what == EvidenceAnswer {
		w.ledger.add(line{what: "runs"})
	}
	boot := w.boot
	w.quiet = w.now
	res, answered := w.take(app, e, o)
	w.quiet = w.now
	if !answered || boot != w.boot {
		return // nobody gets it
	}
	switch st := res.Status; {
	case st.Serve == ServeInstall:
		w.given(app, boot, what, res)
	case st.Serve == ServeProfile:
		w.ledger.add(line{what: "rescue", boot: boot, file: what})
		if boots, orders := w.ledger.rescues(); boots > orders {
			w.fail("%d boots got the profile of %d orders for one boot", boots, orders)
		}
	}
	if res.Status.Serve != ServeLocal {
		w.transfer(app, what)
	}
	if w.calm {
		w.answered(res.Status, e)
	}
}

// given is a file that installs, on its way to the machine.
func (w *world) given(app, boot int, what Evidence, res Result) {
	n := res.Status.Target
	if why := w.ledger.until(w.known.lines).mayGive(n, app, boot, what); why != "" {
		w.fail("%s is given out: %s", what, why)
	}
	if safe := w.known.safe.Attempt; safe.Target != n || safe.Number == 0 {
		w.fail("I1: %s is given out for %s, and what is durable is %s, attempt %d", what, n, safe.Target, safe.Number)
	}
	w.wanted = w.wanted && what != EvidenceScript
	if n != w.what {
		w.returns, w.diskTold = 0, false
	}
	w.ledger.add(line{what: "given", n: n, boot: boot, app: app, file: what})
	if boots := w.ledger.boots(n, func(line) bool { return true }); w.calm && boots != res.Record.Attempt.Number {
		w.fail("I6: %d boots were given something for %s, and %d attempts are counted", boots, n, res.Record.Attempt.Number)
	}
	if what == EvidenceScript {
		w.mine = Claim{n, res.Status.Attempt}
		w.claims = append(w.claims, w.mine)
	}
	if w.what = n; what == EvidenceKernel {
		w.kernel = boot
	}
}

// transfer is a file on its way: that it arrived is known later.
func (w *world) transfer(app int, what Evidence) {
	end := Event{Kind: Sent, What: what, Boot: w.apps[app].sight.Boot()}
	switch {
	case w.calm:
		w.unsaid = end
	case w.ears == 2:
		w.take(app, end, op{})
	default:
		w.late = append(w.late, delayed{app, w.apps[app].runs, end})
	}
}
