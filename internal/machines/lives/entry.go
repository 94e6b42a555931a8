// SPDX-License-Identifier: Apache-2.0

package lives

import (
	"slices"
	"sync"

	"github.com/bootlace-net/bootlace/internal/machines/life"
)

// mostPending bounds what waits to be written of one machine while the store fails.
const mostPending = 64

// entry is one life. Its lock is held for calculations only, never while the store works.
type entry struct {
	key string
	at  int // in Lives.list

	mu     sync.Mutex
	m      Machine // as it was last seen
	seen   bool
	sight  life.Sight
	stored life.Record // as the store has it, as far as is known
	rev    uint64
	ahead  life.Record // with what is pending
	tokens *tokens     // of the attempt that is under way

	pending  []*change
	inFlight int // of pending, the first ones that are being written
	queued   bool
	stale    bool   // the store may have another one
	damaged  error  // it cannot be read
	tried    []byte // what was to be written when the store failed: it may have been
	from     *entry // where the record is until this one is written: the machine had another name
}

// change is an event or an order on its way into the record.
type change struct {
	desired life.Desired
	sight   life.Sight
	event   life.Event
	order   *life.Order // nil: it is the event
	result  life.Result
	waits   bool          // nothing that follows from it is given out or told before it is stored
	again   bool          // nobody waits for it: should the store fail, it is tried again
	done    chan struct{} // closed when that is decided
	err     error         // why it is not stored
	tried   bool          // it is in what may have been written
}

// on makes the change upon a record.
func (c *change) on(r life.Record) life.Result {
	if c.order != nil {
		c.result = life.Command(c.desired, r, c.sight, *c.order)
	} else {
		c.result = life.Step(c.desired, r, c.sight, c.event)
	}
	return c.result
}

func (c *change) end(err error) {
	c.err = err
	close(c.done)
}

// see notes an event in the sight, and makes the change that follows from it.
func (e *entry) see(m Machine, ev life.Event) *change {
	e.look(&m, ev)
	return e.change(ev)
}

// look notes an event in the sight.
func (e *entry) look(m *Machine, ev life.Event) {
	e.m, e.seen = *m, true
	e.sight = e.sight.See(ev)
}

// change is what follows from an event that the sight has seen.
func (e *entry) change(ev life.Event) *change {
	return &change{desired: e.m.Desired, sight: e.sight, event: ev, done: make(chan struct{})}
}

// add puts a change into those to be written. Its result must be upon what is ahead.
func (e *entry) add(c *change) {
	if over := len(e.pending) - mostPending; over >= 0 {
		if i := slices.IndexFunc(e.pending[e.inFlight:], func(c *change) bool { return !c.waits }); i >= 0 {
			e.drop(e.pending[e.inFlight+i])
		}
	}
	e.pending, e.ahead = append(e.pending, c), c.result.Record
}

// drop takes a change back, unless it is being written.
func (e *entry) drop(c *change) {
	if i := slices.Index(e.pending, c); i >= e.inFlight {
		e.pending = slices.Delete(e.pending, i, i+1)
		e.again()
	}
}

// again makes all that is pending anew upon the record that the store has.
func (e *entry) again() {
	e.ahead = e.stored
	for _, c := range e.pending {
		e.ahead = c.on(e.ahead).Record
	}
}

// awaited reports whether something is pending that has to be stored before anything that follows from it is given out.
func (e *entry) awaited() bool {
	return slices.ContainsFunc(e.pending, func(c *change) bool { return c.waits })
}

// dispensable reports whether nothing is lost with the entry: it is only a sight.
func (e *entry) dispensable() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.rev == 0 && e.from == nil && len(e.pending) == 0 && e.damaged == nil && !e.stale
}
