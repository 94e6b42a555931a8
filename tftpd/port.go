// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"net/netip"
	"slices"
	"time"
)

// port is a socket of ours that transfers have: its number is their TID (RFC 1350 section 4).
type port struct {
	lane  *lane
	local netip.AddrPort
	bound bool // to one address: datagrams need not say which
	gso   bool

	// of its lane
	number int // in the lane's set
	in     bool
	table  map[peer]*transfer

	// of its pool; nil: it is there as long as the server
	pool   *ports
	socket socket
	of     netip.Prefix // whose
	opened time.Time
	users  int  // requests and transfers that have it
	secret bool // never more than one client had it: who sends to it has read what it sent
}

// give gives a port back, and says whether it has to be closed.
func (p *port) give() (closing bool) {
	if p.pool == nil {
		return false
	}
	ps := p.pool
	ps.mu.Lock()
	defer ps.mu.Unlock()
	n := ps.networks[p.of]
	if n.users--; n.users == 0 {
		delete(ps.networks, p.of)
	}
	if p.users--; p.users > 0 {
		return false
	}
	ps.count--
	if i := slices.Index(n.ports, p); i >= 0 {
		n.ports = slices.Delete(n.ports, i, i+1)
	}
	return true
}

// readsAt takes note of a client that reads, if it had a port that no other can have learnt, or proved it by one that all know.
func (s *Server) readsAt(t *transfer) {
	if t.port.isSecret() {
		s.clients.reads(t.peer.remote.Addr())
	}
}

func (p *port) isSecret() bool {
	if p.pool != nil {
		p.pool.mu.Lock()
		defer p.pool.mu.Unlock()
	}
	return p.secret
}

// leave is give for those who are not of its lane.
func (p *port) leave() {
	if p.give() {
		p.lane.do(func(instant) { p.lane.remove(p) })
	}
}

// enter makes sure that a lane receives from a port.
func (l *lane) enter(p *port) error {
	if p.in {
		return nil
	}
	n, err := l.set.Add(p.socket)
	if err != nil {
		return err
	}
	p.in, p.number = true, n
	for len(l.ports) <= n {
		l.ports = append(l.ports, nil)
	}
	l.ports[n] = p
	return nil
}

// remove closes a port.
func (l *lane) remove(p *port) {
	if !p.in {
		_ = p.socket.Close() // nothing to lose
		return
	}
	l.flush() // what is queued leaves by it
	l.ports[p.number] = nil
	_ = l.set.Remove(p.number)
}

// give takes note that a transfer has left a port.
func (l *lane) give(p *port) {
	if p.give() {
		l.remove(p)
	}
}
