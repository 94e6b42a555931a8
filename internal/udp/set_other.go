// SPDX-License-Identifier: Apache-2.0

//go:build !linux

package udp

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"sync"
	"time"
)

// Set is many sockets that one goroutine serves as if they were one: what comes to any of them is received together. Each has a
// goroutine that hands over one datagram at a time.
type Set struct {
	arrivals chan Incoming
	wake     chan struct{}
	done     chan struct{}

	mu      sync.Mutex
	members []*Socket // by their number; nil: free
	closed  bool
}

// Socket is one to be, or that is, in a Set.
type Socket struct {
	conn    *Conn
	removed chan struct{}
}

// OpenSocket opens a socket for a Set. Errors are those of Listen.
func OpenSocket(cfg Config) (*Socket, error) {
	c, err := Listen(cfg)
	if err != nil {
		return nil, err
	}
	return &Socket{c, make(chan struct{})}, nil
}

// LocalAddr is the bound address with its real port.
func (s *Socket) LocalAddr() netip.AddrPort { return s.conn.LocalAddr() }

// Capabilities says what the socket can do.
func (s *Socket) Capabilities() Capabilities { return s.conn.Capabilities() }

// Close closes a socket that is in no Set.
func (s *Socket) Close() error { return s.conn.Close() }

// NewSet makes an empty Set.
func NewSet() (*Set, error) {
	return &Set{arrivals: make(chan Incoming), wake: make(chan struct{}, 1), done: make(chan struct{})}, nil
}

// Add takes a socket in and gives the number by which Incoming and Outgoing name it; Remove lets it free again. Like Send, only
// the goroutine that receives may call it.
func (s *Set) Add(one *Socket) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return 0, os.ErrClosed
	}
	n := 0
	for n < len(s.members) && s.members[n] != nil {
		n++
	}
	if n == len(s.members) {
		s.members = append(s.members, nil)
	}
	s.members[n] = one
	go s.bring(one, n)
	return n, nil
}

// bring hands over what comes to a socket until it is closed.
func (s *Set) bring(one *Socket, number int) {
	in := []Incoming{{Buf: make([]byte, 65536)}}
	for {
		if _, err := one.conn.Recv(in, Forever); errors.Is(err, net.ErrClosed) {
			return
		} else if err != nil {
			continue // an ICMP error of an earlier send
		}
		in[0].Socket = number
		select {
		case s.arrivals <- in[0]:
			in[0].Buf = make([]byte, 65536)
		case <-one.removed:
			return
		case <-s.done:
			return
		}
	}
}

// Remove closes a socket.
func (s *Set) Remove(n int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil // Close does it, or has
	}
	one := s.members[n]
	s.members[n] = nil
	close(one.removed)
	return one.conn.Close()
}

// Wake makes the current or the next Recv return without a datagram (0, nil).
func (s *Set) Wake() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Recv follows Conn.
func (s *Set) Recv(in []Incoming, timeout time.Duration) (int, error) {
	var expired <-chan time.Time
	if timeout >= 0 {
		t := time.NewTimer(timeout)
		defer t.Stop()
		expired = t.C
	}
	select {
	case <-s.done:
		return 0, net.ErrClosed
	default:
	}
	select {
	case a := <-s.arrivals:
		return 1, in[0].copy(&a)
	case <-s.wake:
		return 0, nil
	case <-expired:
		return 0, deadlineExceeded()
	case <-s.done:
		return 0, net.ErrClosed
	}
}

// copy takes a datagram over into a buffer of the receiver's.
func (in *Incoming) copy(from *Incoming) error {
	buf := in.Buf
	n := copy(buf, from.Buf[:from.N])
	*in = *from
	in.Buf, in.N, in.Truncated = buf, n, from.Truncated || n < from.N
	return nil
}

// Send follows Conn.
func (s *Set) Send(out []Outgoing) (sent int, first error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return 0, os.ErrClosed
	}
	for i := range out {
		n, err := s.members[out[i].Socket].conn.Send(out[i : i+1])
		if sent += n; first == nil {
			first = err
		}
	}
	return sent, first
}

// Close ends the current Recv with net.ErrClosed and closes all sockets. Further calls do nothing.
func (s *Set) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	close(s.done)
	var errs []error
	for _, one := range s.members {
		if one != nil {
			errs = append(errs, one.conn.Close())
		}
	}
	return errors.Join(errs...)
}
