// SPDX-License-Identifier: Apache-2.0

package api

import (
	"net"
	"net/netip"
	"sync"
)

// mostOfOne is how many connections one address may have, of IPv6 one network of 64 bits: room for a browser on each of several screens,
// and for an office behind one address, but not for who would have them all.
const mostOfOne = 64

// shares gives each address no more than its share of the connections. Those beyond it are closed at once. Sockets of the system, which
// have no addresses, have no shares.
type shares struct {
	net.Listener

	mu   sync.Mutex
	have map[netip.Prefix]int
}

func shared(l net.Listener) *shares { return &shares{Listener: l, have: make(map[netip.Prefix]int)} }

// Accept follows net.Listener.
func (s *shares) Accept() (net.Conn, error) {
	for {
		c, err := s.Listener.Accept()
		if err != nil {
			return nil, err
		}
		whose := shareOf(c.RemoteAddr())
		if !whose.IsValid() {
			return c, nil
		}
		if s.take(whose) {
			return &sharing{Conn: c, leave: sync.OnceFunc(func() { s.leave(whose) })}, nil
		}
		_ = c.Close() // nothing was said on it
	}
}

// shareOf is whose share an address counts against; invalid: nobody's.
func shareOf(a net.Addr) netip.Prefix {
	t, ok := a.(*net.TCPAddr)
	if !ok {
		return netip.Prefix{}
	}
	ip := t.AddrPort().Addr().Unmap().WithZone("")
	bits := ip.BitLen()
	if ip.Is6() {
		bits = 64
	}
	p, _ := ip.Prefix(bits) // there are so many bits
	return p
}

func (s *shares) take(whose netip.Prefix) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.have[whose] >= mostOfOne {
		return false
	}
	s.have[whose]++
	return true
}

func (s *shares) leave(whose netip.Prefix) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.have[whose]--; s.have[whose] == 0 {
		delete(s.have, whose)
	}
}

// sharing is a connection that counts against a share.
type sharing struct {
	net.Conn
	leave func()
}

// Close gives the place back.
func (s *sharing) Close() error {
	s.leave()
	return s.Conn.Close()
}
