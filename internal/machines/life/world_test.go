// SPDX-License-Identifier: Apache-2.0

package life

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// store is where both appliances keep the record: what is safe, and what is not yet. It compares and swaps.
type store struct {
	safe, now Record
	rev       int
	broken    string // "", "unreadable", "garbage", "full", "lost-answer"
	encoded   bool   // records go through their bytes
	bug       string
}

var (
	errStore    = errors.New("the store failed")
	errConflict = errors.New("another one was first")
)

func (s *store) load() (Record, int, error) {
	switch {
	case s.broken == "unreadable":
		return Record{}, 0, errStore
	case s.broken == "garbage":
		b := s.now.Encode()
		r, err := Decode(b[:len(b)/2])
		return r, s.rev, err
	case s.encoded && s.rev > 0:
		r, err := Decode(s.now.Encode())
		return r, s.rev, err
	}
	return s.now, s.rev, nil
}

func (s *store) swap(rev int, r Record, durable bool) error {
	switch {
	case s.broken == "garbage" && s.bug == bugGarbageIsEmpty: // whoever takes it for nothing can write over it
	case s.broken != "" && s.broken != "lost-answer":
		return errStore
	}
	if rev != s.rev && s.bug != bugBlindWrite {
		return errConflict
	}
	s.now, s.rev = r, s.rev+1
	if durable && s.bug != bugGrantUnsynced && (s.bug != bugDoneUnsynced || r.Attempt.Ending != Done) {
		s.safe = r
	}
	if s.broken == "lost-answer" {
		return errStore
	}
	return nil
}

// appliance is one of two.
type appliance struct {
	sight   Sight
	runs    int
	started time.Duration
	want    Desired
}

// delayed is an event that is still under way to an appliance.
type delayed struct {
	app, run int // run: of the appliance, for what is lost with it; 0: for what comes by the network
	e        Event
}

// decision is what was so when one was made: at its swap, or when the record was loaded where nothing is swapped.
type decision struct {
	lines int // of the ledger
	safe  Record
}

// world is all that a schedule plays with.
type world struct {
	plan
	ops    []op
	pos    int
	now    time.Duration
	wall   time.Duration // how wrong the appliances' clocks are
	store  store
	apps   [2]appliance
	ledger ledger
	late   []delayed
	claims []Claim // that were ever given to the machine
	machine
	known  decision // that was last made
	trace  uint64   // of all that was answered
	failed string
	moves  moves // of the machine from state to state
}

func newWorld(p plan, ops []op, m moves) *world {
	w := &world{plan: p, moves: m, ops: ops, store: store{encoded: p.encoded, bug: p.bug}, ledger: ledger{most: p.attempts, deaf: p.ears != 0}, machine: machine{wanted: true}, trace: 14695981039346656037}
	for i := range w.apps {
		w.apps[i].want = Desired{Installs: true, Profile: "p", Generation: 1, Attempts: p.attempts, Success: p.success}
		switch p.bug {
		case bugOneMore:
			w.apps[i].want.Attempts++
		case bugNoTrial:
			w.apps[i].want.Success = Success{}
		}
		w.ledger.add(line{what: "want", app: i, n: Target{Generation: 1}})
		w.restart(i)
	}
	return w
}

// run plays all, and gives the first invariant that broke.
func (w *world) run() string {
	for w.pos < len(w.ops) && w.failed == "" {
		w.next()
	}
	return w.failed
}

func (w *world) fail(format string, args ...any) {
	if w.failed == "" {
		w.failed = fmt.Sprintf(format, args...)
	}
}

func (w *world) restart(app int) {
	a := &w.apps[app]
	a.runs++
	a.started = w.now
	a.sight = Sight{Run: string('a'+rune(app)) + string('0'+rune(a.runs))}
	if w.bug == bugSightReused {
		a.sight.Run = "a"
	}
}

func (w *world) powerCut() {
	if slices.Contains(w.store.now.Told, AlarmDisk) && !slices.Contains(w.store.safe.Told, AlarmDisk) {
		w.ledger.add(line{what: "lost"})
	}
	w.store.now = w.store.safe
	w.store.rev++
	w.restart(0)
	w.restart(1)
}

// stamp gives an event the clocks of an appliance.
func (w *world) stamp(app int, e Event) Event {
	e.At = time.Unix(1e9, 0).Add(w.now + w.wall)
	e.Uptime = w.now - w.apps[app].started
	if w.bug == bugWallClock {
		e.Uptime += w.wall
	}
	return e
}

// take lets an appliance take an event as its callers must, and says whether it came to an answer.
func (w *world) take(app int, e Event, o op) (Result, bool) {
	e = w.stamp(app, e)
	a := &w.apps[app]
	before := a.sight
	a.sight = a.sight.See(e)
	if w.bug == bugEachAskAttempt && e.Kind == Asked {
		a.sight.n++
	}
	seen, told := a.sight, w.bug != ""
	res, answered := w.settle(app, o, "", func(r Record) Result {
		if w.bug == bugAnyClaim && e.Kind == Reported {
			e.Claim = Claim{r.Attempt.Target, r.Attempt.Number}
		}
		res := Step(a.want, r, seen, e)
		if !told {
			told = true
			w.moves.note(Derive(a.want, r, before).State, trigger(e), res.Status.State)
		}
		return res
	})
	if answered {
		a.sight = a.sight.After(res, e)
		w.note(res)
	}
	return res, answered
}

// settle loads, steps and swaps until both fit. In the middle others may act, and appliances may crash.
func (w *world) settle(app int, o op, verb Verb, step func(Record) Result) (Result, bool) {
	a := &w.apps[app]
	run := a.runs
	for range 3 {
		r, rev, err := w.load(app)
		if err != nil {
			return Refuse(err), true
		}
		res, known := step(r), decision{len(w.ledger.lines), w.store.safe}
		if o.nested && w.pos < len(w.ops) && w.ops[w.pos].do != actGeneration { // a decision keeps the configuration it began with
			o.nested = false
			w.next()
		}
		if w.crash(o.cut == 1, app, false); run != a.runs {
			return res, false
		}
		err = w.keep(res, rev, verb)
		if w.crash(o.cut == 2 || o.cut == 3, app, o.cut == 3); run != a.runs {
			return res, false
		}
		if res.Durable {
			known = decision{len(w.ledger.lines), w.store.safe}
		}
		if w.known = known; err == nil || w.bug == bugServeAnyway || !res.Durable && !errors.Is(err, errConflict) {
			return res, true
		}
		if !errors.Is(err, errConflict) {
			return Refuse(err), true
		}
	}
	return Refuse(errConflict), true
}

func (w *world) crash(now bool, app int, power bool) {
	switch {
	case now && power:
		w.powerCut()
	case now:
		w.restart(app)
	}
}

// keep stores what is to be stored, and writes into the ledger what the store then really has.
func (w *world) keep(res Result, rev int, verb Verb) error {
	if !res.Changed {
		return nil
	}
	before := w.store.now
	err := w.store.swap(rev, res.Record, res.Durable)
	after := w.store.now
	if after.Orders > before.Orders {
		w.ledger.add(line{what: "order"})
	}
	if after.Attempt.claim() != before.Attempt.claim() && after.Attempt.Number > 0 {
		w.ledger.add(line{what: "counted", n: after.Attempt.Target, boot: w.boot})
	}
	if after.Held && !before.Held {
		w.ledger.add(line{what: "hold"})
	}
	if slices.Contains(after.Told, AlarmDisk) && !slices.Contains(before.Told, AlarmDisk) {
		w.ledger.add(line{what: "disk"})
	}
	if verb == OrderRelease && w.store.rev > rev {
		w.ledger.add(line{what: "release"})
	}
	if after.Next != before.Next && after.Next.Boot == (Boot{}) && after.Next.Profile != "" {
		w.ledger.add(line{what: "next"})
	}
	if n := after.Done.Target; n != before.Done.Target && n == res.Record.Done.Target {
		if !w.ledger.mayBeDone(n, w.success.By == ProofCallback) {
			w.fail("I5: nothing showed that %s is done", n)
		}
		w.finished(n)
	}
	return err
}

// note keeps what was answered.
func (w *world) note(res Result) {
	for _, b := range [...]uint64{uint64(res.Status.State), uint64(res.Status.Serve), uint64(res.Status.Attempt), uint64(len(res.Effects))} {
		w.trace = (w.trace ^ b) * 1099511628211
	}
	for _, e := range res.Effects {
		w.hearAlarm(e, res.Record)
	}
}
