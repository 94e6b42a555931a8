// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"sync"
	"time"
)

// clerk closes the books on finished transfers, away from the lanes: closing files and writing logs takes as long as it
// takes.
type clerk struct {
	server *Server
	mu     sync.Mutex
	queue  []*transfer
	junk   []Upload      // to be aborted
	bell   chan struct{} // buffered: one ring is enough for any number
	closed bool
}

func newClerk(s *Server) *clerk { return &clerk{server: s, bell: make(chan struct{}, 1)} }

// bring hands over a transfer that nobody changes any more.
func (c *clerk) bring(t *transfer) {
	c.mu.Lock()
	c.queue = append(c.queue, t)
	c.mu.Unlock()
	c.ring()
}

// discard hands over an upload that will not be kept.
func (c *clerk) discard(u Upload) {
	c.mu.Lock()
	c.junk = append(c.junk, u)
	c.mu.Unlock()
	c.ring()
}

func (c *clerk) ring() {
	select {
	case c.bell <- struct{}{}:
	default:
	}
}

// close makes run return when the queue is empty.
func (c *clerk) close() {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.ring()
}

func (c *clerk) run() {
	for {
		c.mu.Lock()
		queue, junk, closed := c.queue, c.junk, c.closed
		c.queue, c.junk = nil, nil
		c.mu.Unlock()
		for _, u := range junk {
			if err := u.Abort(); err != nil {
				c.server.Logger.Warn().Err(err).Msg("an unfinished upload could not be removed")
			}
		}
		for _, t := range queue {
			c.finish(t)
		}
		if len(queue)+len(junk) > 0 {
			continue
		}
		if closed {
			c.server.clients.unpinAll()
			return
		}
		<-c.bell
	}
}

func (c *clerk) finish(t *transfer) {
	s := c.server
	r := t.record(time.Now())
	s.clients.learn(t)
	if t.outcome != Refused {
		s.index.finished(t)
	}
	if t.src != nil && (t.outcome != Probed || !s.clients.pin(t)) {
		s.sources.drop(t.src)
	}
	s.metrics.observe(&r)
	if !s.Quiet {
		r.log(&s.Logger)
	}
	if s.Hook != nil {
		s.Hook(r)
	}
}
