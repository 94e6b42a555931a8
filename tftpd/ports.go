// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"crypto/rand"
	"encoding/binary"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/bootlace-net/bootlace/internal/udp"
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

// A transfer gets a port of its own, with a number that nobody can foretell: whoever forges a request cannot acknowledge what
// follows, nor end what others do. But each socket costs system calls of its own, which is a third of a block in lock-step. So in a
// crowd clients share ports, several at random, with neighbours only (of one IPv4 /24 or IPv6 /64): what others can learn by asking
// for something themselves are other ports.
const (
	alone     = 8           // of so many transfers of a network each has its own
	sharing   = 16          // beyond, one more port for so many
	mostPorts = 8192        // of an address; beyond, new transfers share any
	portAge   = time.Minute // then no new transfer gets it
	noPorts   = 8           // for answers that begin no transfer: who is refused learns no port that others have
)

// ports are those of one address that requests come to.
type ports struct {
	server *Server
	addr   netip.Addr
	gso    bool
	no     []*port
	next   int

	mu       sync.Mutex
	count    int
	networks map[netip.Prefix]*neighbours
}

// neighbours are what runs to one network.
type neighbours struct {
	users int
	ports []*port // to be shared, the oldest first
}

// take gives a port for a transfer to a. Windows do not share: they are few packets anyway, and much that a forged ACK could draw.
func (ps *ports) take(a netip.Addr, windows bool) (*port, error) {
	of := prefixOf(a)
	ps.mu.Lock()
	defer ps.mu.Unlock()
	n := ps.networks[of]
	if n == nil {
		n = &neighbours{}
	}
	p, err := ps.choose(n, windows)
	if err != nil {
		return nil, err
	}
	if p.users++; p.users > 1 {
		p.secret = false
	}
	n.users++
	p.of, ps.networks[of] = of, n
	return p, nil
}

// choose finds a port, or opens one.
func (ps *ports) choose(n *neighbours, windows bool) (*port, error) {
	for len(n.ports) > 0 && time.Since(n.ports[0].opened) > portAge {
		n.ports = n.ports[1:]
	}
	if most := alone + n.users/sharing; !windows && n.users >= alone && len(n.ports) >= most || ps.count >= mostPorts {
		if len(n.ports) > 0 {
			return n.ports[random(len(n.ports))], nil
		}
	}
	p, err := ps.bind()
	if err == nil {
		if ps.count++; !windows {
			n.ports = append(n.ports, p)
		}
		return p, nil
	}
	if len(n.ports) > 0 { // out of descriptors
		return n.ports[random(len(n.ports))], nil
	}
	return nil, err
}

// bind opens a port with a number that the system chooses at random, on one of the lanes.
func (ps *ports) bind() (*port, error) {
	s := ps.server
	// A wildcard socket must say where each datagram came to; one of a single address need not, which is cheaper.
	bound := !ps.addr.IsUnspecified()
	socket, err := s.network.open(udp.Config{Addr: netip.AddrPortFrom(ps.addr, 0), PacketInfo: !bound, WriteBuffer: writeBuffer})
	if err != nil {
		return nil, err
	}
	return &port{
		lane: s.lanes[random(len(s.lanes))], local: socket.LocalAddr(), bound: bound, gso: ps.gso && socket.Capabilities().GSO,
		table: make(map[peer]*transfer), pool: ps, socket: socket, opened: time.Now(), secret: true,
	}, nil
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

// readsAt takes note of a client that reads, if it had a port that no other can have learnt.
func (s *Server) readsAt(t *transfer) {
	if p := t.port; p.pool != nil {
		p.pool.mu.Lock()
		defer p.pool.mu.Unlock()
		if !p.secret {
			return
		}
	}
	s.clients.reads(t.peer.remote.Addr())
}

// leave is give for those who are not of its lane.
func (p *port) leave() {
	if p.give() {
		p.lane.do(func(instant) { p.lane.remove(p) })
	}
}

// refusal gives a port for an answer that begins no transfer.
func (ps *ports) refusal() *port {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	ps.next++
	return ps.no[ps.next%len(ps.no)]
}

// random gives a number below n that nobody can foretell.
func random(n int) int {
	var b [8]byte
	rand.Read(b[:]) // never fails
	return int(binary.NativeEndian.Uint64(b[:]) % uint64(n))
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
		p.socket.Close() // nothing to lose
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
