// SPDX-License-Identifier: Apache-2.0

package boltstore

import (
	"errors"
	"sync"

	"go.etcd.io/bbolt"
)

// mostAtOnce is how many changes become one transaction.
const mostAtOnce = 1024

// errClosed is the error of a change that came after Close.
var errClosed = errors.New("the database is closed")

// change is something to be written. Its error is about itself alone: others of the same transaction are written.
type change struct {
	do   func(*bbolt.Tx) (own, fatal error)
	done chan error
	own  error
}

// writer is the one goroutine that writes.
type writer struct {
	queue  chan *change
	ended  chan struct{}
	mu     sync.RWMutex // held for writing when the queue ends
	closed bool
}

func (w *writer) start(d *DB) {
	w.queue, w.ended = make(chan *change, mostAtOnce), make(chan struct{})
	go func() {
		defer close(w.ended)
		w.run(d.bolt)
	}()
}

// stop ends the goroutine after all that waits.
func (w *writer) stop() {
	w.mu.Lock()
	if !w.closed {
		w.closed = true
		close(w.queue)
	}
	w.mu.Unlock()
	<-w.ended
}

// write has a change written, and waits for that.
func (w *writer) write(do func(*bbolt.Tx) (own, fatal error)) error {
	c := &change{do: do, done: make(chan error, 1)}
	w.mu.RLock()
	if w.closed {
		w.mu.RUnlock()
		return errClosed
	}
	w.queue <- c
	w.mu.RUnlock()
	return <-c.done
}

// run writes until the queue ends. After a panic of bbolt's, whose locks may be held for ever, nothing is written any more.
func (w *writer) run(bolt *bbolt.DB) {
	var broken error
	for c := range w.queue {
		batch := w.more([]*change{c})
		err := broken
		if err == nil {
			err = faultless(func() error { return bolt.Update(apply(batch)) })
			if damaged := (*DamagedError)(nil); errors.As(err, &damaged) {
				broken = err
			}
		}
		for _, c := range batch {
			if c.own == nil || err != nil {
				c.own = err
			}
			c.done <- c.own
		}
	}
}

// more takes what waits, too.
func (w *writer) more(batch []*change) []*change {
	for len(batch) < mostAtOnce {
		select {
		case c, ok := <-w.queue:
			if !ok {
				return batch
			}
			batch = append(batch, c)
		default:
			return batch
		}
	}
	return batch
}

func apply(batch []*change) func(*bbolt.Tx) error {
	return func(tx *bbolt.Tx) error {
		for _, c := range batch {
			var fatal error
			if c.own, fatal = c.do(tx); fatal != nil {
				return fatal
			}
		}
		return nil
	}
}
