// SPDX-License-Identifier: Apache-2.0

package lives

import (
	"bytes"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/bootlace-net/bootlace/internal/machines"
	"github.com/bootlace-net/bootlace/internal/machines/life"
)

// mostConflicts is how often a change is made anew upon a newer record before it is given up.
const mostConflicts = 20

// pause is how long after a failure what nobody waits for is tried again.
const pause = 5 * time.Second

// queue are the entries that something is to be written of.
type queue struct {
	mu    sync.Mutex
	more  *sync.Cond
	list  []*entry
	ended bool
}

func (q *queue) init() { q.more = sync.NewCond(&q.mu) }

func (q *queue) add(e *entry) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.list = append(q.list, e)
	q.more.Signal()
}

// next waits for an entry; nil: there will be none any more.
func (q *queue) next() *entry {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.list) == 0 && !q.ended {
		q.more.Wait()
	}
	if len(q.list) == 0 {
		return nil
	}
	e := q.list[0]
	q.list = slices.Delete(q.list, 0, 1)
	return e
}

func (q *queue) end() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.ended = true
	q.more.Broadcast()
}

// writeSoon has an entry written soon. Its lock is held.
func (l *Lives) writeSoon(e *entry) {
	if !e.queued {
		e.queued = true
		l.queue.add(e)
	}
}

// write is one of the writers.
func (l *Lives) write() {
	for e := l.queue.next(); e != nil; e = l.queue.next() {
		err := l.writeAll(e)
		e.mu.Lock()
		switch e.queued = false; {
		case err == nil && (e.stale || len(e.pending) > 0): // others wrote it while we did
			l.writeSoon(e)
		case len(e.pending) > 0:
			time.AfterFunc(pause, func() { l.later(e) })
		}
		e.mu.Unlock()
	}
}

// later tries again what nobody waits for.
func (l *Lives) later(e *entry) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.pending) > 0 {
		l.writeSoon(e)
	}
}

// writeAll writes what is pending of an entry. After an error, what somebody waits for has failed, and the rest is pending
// still.
func (l *Lives) writeAll(e *entry) error {
	s := l.store.Load()
	err := s.err
	for conflicts := 0; err == nil; {
		var finished bool
		finished, err = l.writeOnce(s.store, e)
		if finished {
			return nil
		}
		if errors.Is(err, machines.ErrConflict) && conflicts < mostConflicts {
			err = nil
			conflicts++
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.pending = slices.DeleteFunc(e.pending, func(c *change) bool {
		if c.waits && !c.again {
			c.end(err)
			return true
		}
		return false
	})
	if e.damaged == nil {
		e.again()
	}
	return err
}

// writeOnce reads the record if that may be another one, and writes it with what is pending.
func (l *Lives) writeOnce(s machines.Store, e *entry) (finished bool, err error) {
	if err := l.refresh(s, e); err != nil {
		return false, err
	}
	e.mu.Lock()
	if e.from == nil && !slices.ContainsFunc(e.pending, func(c *change) bool { return c.result.Changed }) {
		e.inFlight = len(e.pending)
		told := l.finish(e)
		e.mu.Unlock()
		told()
		return true, nil
	}
	record, rev := e.ahead, e.rev
	e.inFlight = len(e.pending)
	e.mu.Unlock()
	value := record.Encode()
	next, err := s.Swap(e.key, rev, value)
	l.hangs.Store(false)
	e.mu.Lock()
	if err != nil {
		e.doubt(value)
		e.mu.Unlock()
		return false, err
	}
	l.settle(e, record, next)
	if e.from != nil {
		l.leftovers.add(e.from.key)
		e.from = nil
	}
	told := l.finish(e)
	finished = len(e.pending) == 0
	e.mu.Unlock()
	told()
	return finished, nil
}

// doubt notes that it is not known whether a value was written. The lock is held.
func (e *entry) doubt(value []byte) {
	for _, c := range e.pending[:e.inFlight] {
		c.tried = true
	}
	e.stale, e.tried, e.inFlight = true, value, 0
}

// finish ends what was in flight well, and gives what then tells of it. The entry's lock is held.
func (l *Lives) finish(e *entry) (told func()) {
	var effects []life.Effect
	for _, c := range e.pending[:e.inFlight] {
		if c.waits && c.order == nil {
			effects = append(effects, c.result.Effects...)
		}
		c.end(nil)
	}
	e.pending = slices.Delete(e.pending, 0, e.inFlight)
	e.inFlight = 0
	m := e.m
	return func() { l.tell(&m, effects) }
}

// refresh reads a record that may be another one than we know.
func (l *Lives) refresh(s machines.Store, e *entry) error {
	e.mu.Lock()
	stale := e.stale || e.damaged != nil
	e.stale = false
	e.mu.Unlock()
	if !stale {
		return nil
	}
	value, rev, err := s.Load(e.key)
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case errors.Is(err, machines.ErrNotFound):
		if e.damaged = nil; e.from == nil && e.rev != 0 {
			l.settle(e, life.Record{}, 0)
		}
	case errors.Is(err, machines.ErrDamaged):
		e.damaged = err
	case err != nil:
		e.stale = true
		return err
	default:
		e.from = nil
		l.take(e, value, rev)
	}
	e.decide(value)
	return e.damaged
}

// decide ends the doubt about a value: what is in it was written if the store has that. The lock is held.
func (e *entry) decide(value []byte) {
	if e.tried != nil && bytes.Equal(e.tried, value) {
		e.pending = slices.DeleteFunc(e.pending, func(c *change) bool {
			if c.tried {
				c.end(nil)
			}
			return c.tried
		})
	}
	for _, c := range e.pending {
		c.tried = false
	}
	e.tried = nil
	if e.damaged == nil {
		e.again()
	}
}
