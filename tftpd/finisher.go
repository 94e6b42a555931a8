// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"net/netip"
	"sync"
	"time"
)

// finisher does, one after the other, what may take its time and nobody waits for: closing the files of transfers that ended,
// removing what is left of uploads, telling events.
type finisher struct {
	mu     sync.Mutex
	queue  []func()
	wake   chan struct{} // buffered: one signal is enough for any amount of work
	closed bool
}

func newFinisher() *finisher { return &finisher{wake: make(chan struct{}, 1)} }

// later has f done. Any goroutine may call it.
func (f *finisher) later(job func()) {
	f.mu.Lock()
	f.queue = append(f.queue, job)
	f.mu.Unlock()
	f.signal()
}

func (f *finisher) signal() {
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

// close makes run return when everything is done.
func (f *finisher) close() {
	f.mu.Lock()
	f.closed = true
	f.mu.Unlock()
	f.signal()
}

func (f *finisher) take() (queue []func(), closed bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	queue, f.queue = f.queue, nil
	return queue, f.closed
}

func (f *finisher) run() {
	for {
		queue, closed := f.take()
		for _, job := range queue {
			job()
		}
		switch {
		case len(queue) > 0:
		case closed:
			return
		default:
			<-f.wake
		}
	}
}

// finish lets go of what a transfer held, and tells how it went. Nobody changes the transfer any more.
func (s *Server) finish(t *transfer) {
	f := Finished{
		Request: t.req, Class: t.class, Began: t.began, Duration: time.Since(t.began), Outcome: t.outcome, Code: t.code,
		Detail: t.detail, BlockSize: t.grant.Block, WindowSize: t.grant.Window,
	}
	f.Proved = t.known.Load() || s.proved(t.req.Remote.Addr())
	t.session.finish(&f)
	s.index.finished(t)
	s.record(f)
}

// proved says that transfers with an address went well before.
func (s *Server) proved(a netip.Addr) bool { return s.clients.lesson(a).answers > 0 }

// record counts and tells what became of a request.
func (s *Server) record(f Finished) {
	s.counters.finished(&f)
	if s.Events != nil {
		s.Events(f)
	}
}

// discard has an upload removed that will not be kept.
func (s *Server) discard(u Upload) {
	s.finisher.later(func() {
		if err := u.Abort(); err != nil && s.Events != nil {
			s.Events(UploadLeft{err})
		}
	})
}

// tell has an event told.
func (s *Server) tell(e Event) {
	if s.Events != nil {
		s.finisher.later(func() { s.Events(e) })
	}
}
