// SPDX-License-Identifier: Apache-2.0

package simnet

import (
	"net"
	"os"
	"sync"
	"time"

	"github.com/bootlace-net/bootlace/internal/udp"
)

// Set is many sockets that are received from together, with the methods of udp.Set.
type Set struct {
	bell chan struct{}

	mu      sync.Mutex
	members []*Conn // nil: removed
	woken   bool
	closed  bool
}

// NewSet makes an empty Set.
func NewSet() *Set { return &Set{bell: make(chan struct{}, 1)} }

// Add is udp.Set.Add.
func (s *Set) Add(c *Conn) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return 0, os.ErrClosed
	}
	c.join(s.bell)
	for n, other := range s.members {
		if other == nil {
			s.members[n] = c
			return n, nil
		}
	}
	s.members = append(s.members, c)
	return len(s.members) - 1, nil
}

// join has a socket ring another bell from now on.
func (c *Conn) join(bell chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.bell = bell
	c.ring() // for what came before
}

// Remove is udp.Set.Remove.
func (s *Set) Remove(n int) error {
	s.mu.Lock()
	c := s.members[n]
	s.members[n] = nil
	s.mu.Unlock()
	return c.Close()
}

// Wake is udp.Set.Wake.
func (s *Set) Wake() {
	s.mu.Lock()
	s.woken = true
	s.mu.Unlock()
	s.ring()
}

func (s *Set) ring() {
	select {
	case s.bell <- struct{}{}:
	default:
	}
}

// Close is udp.Set.Close.
func (s *Set) Close() error {
	s.mu.Lock()
	s.closed = true
	members := s.members
	s.members = nil
	s.mu.Unlock()
	s.ring()
	for _, c := range members {
		if c != nil {
			_ = c.Close() // never fails
		}
	}
	return nil
}

// Recv is udp.Set.Recv.
func (s *Set) Recv(in []udp.Incoming, timeout time.Duration) (int, error) {
	return receive(s.bell, in, timeout, s.take)
}

// take takes what is there; false when there is nothing to return with.
func (s *Set) take(in []udp.Incoming) (got int, ok bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		s.ring()
		return 0, true, net.ErrClosed
	}
	for number, c := range s.members {
		if c == nil || got == len(in) {
			continue
		}
		n, _, _ := c.take(in[got:]) // an error is that of a closed socket, which is none of ours any more
		for i := range n {
			in[got+i].Socket = number
		}
		got += n
	}
	if got == 0 && s.woken {
		s.woken = false
		return 0, true, nil
	}
	if got == len(in) {
		s.ring() // there may be more
	}
	return got, got > 0, nil
}

// Send is udp.Set.Send.
func (s *Set) Send(out []udp.Outgoing) (sent int, first error) {
	for i := range out {
		s.mu.Lock()
		c := s.members[out[i].Socket]
		s.mu.Unlock()
		n, err := c.Send(out[i : i+1])
		if sent += n; first == nil {
			first = err
		}
	}
	return sent, first
}

// receive waits on a bell as udp.Conn.Recv does; take takes what is there.
func receive(bell chan struct{}, in []udp.Incoming, timeout time.Duration, take func([]udp.Incoming) (int, bool, error)) (int, error) {
	var expired <-chan time.Time
	if timeout > 0 {
		t := time.NewTimer(timeout)
		defer t.Stop()
		expired = t.C
	}
	for {
		n, ok, err := take(in)
		if ok {
			return n, err
		}
		if timeout == 0 {
			return 0, os.ErrDeadlineExceeded
		}
		select {
		case <-bell:
		case <-expired:
			return 0, os.ErrDeadlineExceeded
		}
	}
}
