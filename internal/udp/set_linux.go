// SPDX-License-Identifier: Apache-2.0

package udp

import (
	"errors"
	"net/netip"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// Set is many sockets that one goroutine serves as if they were one: what comes to any of them is received together.
type Set struct {
	waiter
	rx      *vector
	tx      *sender
	members []*Socket // by their number; nil: free
	free    []int
	events  []unix.EpollEvent
	ready   []unix.EpollEvent // what is left of events

	using sync.Mutex // keeps Close from sockets that are in use
}

// Socket is one to be, or that is, in a Set.
type Socket struct {
	*socket
	ask int // how many datagrams to ask for
}

// OpenSocket opens a socket for a Set. Errors are those of Listen.
func OpenSocket(cfg Config) (*Socket, error) {
	s, err := open(cfg, false)
	if err != nil {
		return nil, err
	}
	return &Socket{socket: s, ask: 1}, nil
}

// LocalAddr is the bound address with its real port.
func (s *Socket) LocalAddr() netip.AddrPort { return s.local }

// Capabilities says what the socket can do now, as Conn's does.
func (s *Socket) Capabilities() Capabilities { return s.capabilities() }

// Close closes a socket that is in no Set.
func (s *Socket) Close() error { return s.close() }

// NewSet makes an empty Set.
func NewSet() (*Set, error) {
	fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("epoll_create1", err)
	}
	s := &Set{waiter: waiter{polled: fd, wakefd: -1}, rx: newVector(rxControl, 1), tx: newSender(), events: make([]unix.EpollEvent, 256)}
	err = s.wakeable()
	if err == nil {
		err = os.NewSyscallError("epoll_ctl", unix.EpollCtl(fd, unix.EPOLL_CTL_ADD, s.wakefd, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: kicked}))
	}
	if err != nil {
		return nil, errors.Join(err, s.closeWake(), unix.Close(fd))
	}
	s.sleep = s.epollWait
	return s, nil
}

// kicked is the number of what wakes the receiver.
const kicked = -1

// Add takes a socket in and gives the number by which Incoming and Outgoing name it; Remove lets it free again. Like Send, only
// the goroutine that receives may call it.
func (s *Set) Add(one *Socket) (int, error) {
	s.using.Lock()
	defer s.using.Unlock()
	if s.closed.Load() {
		return 0, os.ErrClosed
	}
	n := len(s.members)
	if k := len(s.free); k > 0 {
		n = s.free[k-1]
	}
	err := unix.EpollCtl(s.polled, unix.EPOLL_CTL_ADD, one.fd, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(n)})
	if err != nil {
		return 0, os.NewSyscallError("epoll_ctl", err)
	}
	if n == len(s.members) {
		s.members = append(s.members, one)
		return n, nil
	}
	s.free, s.members[n] = s.free[:len(s.free)-1], one
	return n, nil
}

// Remove closes a socket.
func (s *Set) Remove(n int) error {
	s.using.Lock()
	defer s.using.Unlock()
	if s.closed.Load() {
		return nil // Close does it, or has
	}
	one := s.members[n]
	s.members[n] = nil
	s.free = append(s.free, n)
	for i := range s.ready {
		if s.ready[i].Fd == int32(n) {
			s.ready[i].Events = 0
		}
	}
	return one.close() // which takes it out of the epoll set too
}

// Recv follows Conn.
func (s *Set) Recv(in []Incoming, timeout time.Duration) (int, error) {
	return s.recv(in, timeout, s.recvNow)
}

// recvNow takes what is there at all sockets that have something, in turn.
func (s *Set) recvNow(in []Incoming) (int, error) {
	if len(s.ready) == 0 {
		if err := s.look(); err != nil {
			return 0, err
		}
	}
	got := 0
	for len(s.ready) > 0 && got < len(in) {
		event := s.ready[0]
		s.ready = s.ready[1:]
		if event.Events == 0 || event.Fd == kicked {
			continue // removed meanwhile, or seen to when it sleeps
		}
		n, err := s.take(int(event.Fd), in[got:])
		if err != nil {
			return got, err
		}
		got += n
	}
	return got, nil
}

// take receives from one socket. It asks for as many datagrams as came the last time, or more if that were all it asked for: each
// that is not there costs, and what is left is told by the next epoll_wait.
func (s *Set) take(number int, in []Incoming) (int, error) {
	one := s.members[number]
	ask := min(one.ask, len(in))
	n, err := s.rx.receive(one.socket, in[:ask])
	for i := range n {
		in[i].Socket = number
	}
	switch {
	case n == one.ask:
		one.ask = min(4*one.ask, MaxBatch)
	case n < one.ask/8:
		one.ask /= 2
	}
	return n, err
}

// Send follows Conn. Datagrams of one socket that stand together leave together.
func (s *Set) Send(out []Outgoing) (int, error) {
	s.using.Lock()
	defer s.using.Unlock()
	if s.closed.Load() {
		return 0, os.ErrClosed
	}
	sent, first := 0, error(nil)
	for len(out) > 0 {
		run := 1
		for run < len(out) && out[run].Socket == out[0].Socket {
			run++
		}
		n, err := s.tx.send(s.members[out[0].Socket].socket, out[:run])
		if sent += n; first == nil {
			first = err
		}
		out = out[run:]
	}
	return sent, first
}

// Close ends the current Recv with net.ErrClosed, waits for it, and closes all sockets. Further calls do nothing.
func (s *Set) Close() error {
	if !s.finish() {
		return nil
	}
	defer s.recvMu.Unlock()
	s.using.Lock()
	defer s.using.Unlock()
	errs := []error{s.closeWake(), os.NewSyscallError("close", unix.Close(s.polled))}
	for _, one := range s.members {
		if one != nil {
			errs = append(errs, one.close())
		}
	}
	return errors.Join(errs...)
}
