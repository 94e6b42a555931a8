// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"sync"
	"time"
)

// finisher does what may take its time when a transfer has ended, away from the lanes: it closes files, removes what is left
// of uploads, counts, and tells Server.Events.
type finisher struct {
	server *Server
	mu     sync.Mutex
	work   finishing
	wake   chan struct{} // buffered: one signal is enough for any amount of work
	closed bool
}

// finishing is what waits for the finisher.
type finishing struct {
	transfers []*transfer
	discarded []Upload
	events    []Event
}

func (w *finishing) empty() bool { return len(w.transfers)+len(w.discarded)+len(w.events) == 0 }

func newFinisher(s *Server) *finisher { return &finisher{server: s, wake: make(chan struct{}, 1)} }

// add hands over work.
func (f *finisher) add(change func(*finishing)) {
	f.mu.Lock()
	change(&f.work)
	f.mu.Unlock()
	f.signal()
}

// finish hands over a transfer that nobody changes any more.
func (f *finisher) finish(t *transfer) {
	f.add(func(w *finishing) { w.transfers = append(w.transfers, t) })
}

// discard hands over an upload that will not be kept.
func (f *finisher) discard(u Upload) {
	f.add(func(w *finishing) { w.discarded = append(w.discarded, u) })
}

// tell hands over an event.
func (f *finisher) tell(e Event) {
	if f.server.Events != nil {
		f.add(func(w *finishing) { w.events = append(w.events, e) })
	}
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

func (f *finisher) take() (work finishing, closed bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	work, f.work = f.work, finishing{}
	return work, f.closed
}

func (f *finisher) run() {
	for {
		work, closed := f.take()
		f.do(&work)
		switch {
		case !work.empty():
		case closed:
			f.server.clients.unpinAll()
			return
		default:
			<-f.wake
		}
	}
}

// do works off what was handed over.
func (f *finisher) do(work *finishing) {
	for _, e := range work.events {
		f.server.Events(e)
	}
	for _, u := range work.discarded {
		if err := u.Abort(); err != nil && f.server.Events != nil {
			f.server.Events(UploadLeft{err})
		}
	}
	for _, t := range work.transfers {
		f.end(t)
	}
}

// end lets go of what a transfer held, and tells how it went.
func (f *finisher) end(t *transfer) {
	s := f.server
	e := t.finished(time.Now())
	s.clients.learn(t)
	if t.outcome != Refused {
		s.index.finished(t)
	}
	if t.src != nil && (t.outcome != Probed || !s.clients.pin(t)) {
		s.sources.drop(t.src)
	}
	s.counters.finished(&e)
	if s.Events != nil {
		s.Events(e)
	}
}
