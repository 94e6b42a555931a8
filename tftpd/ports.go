// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"crypto/rand"
	"encoding/binary"
	"net/netip"
	"sync"
	"time"

	"github.com/bootlace-net/bootlace/internal/udp"
)

// A transfer gets a port of its own, with a number that nobody can foretell: whoever forges a request cannot acknowledge what
// follows, nor end what others do. But each socket costs system calls of its own, which is a third of a block in lock-step. So in a
// crowd clients share a few ports, at random, with neighbours only (of one IPv4 /24 or IPv6 /64): what others can learn by asking
// for something themselves are other ports, and what neighbours can learn is soon out of use.
const (
	alone     = 4           // of so many transfers of a network each has its own
	shared    = 2           // ports for those beyond
	sharing   = 128         // and one more for so many
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
	spare  *port // for when no more can be opened; others may know it

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
func (ps *ports) take(a netip.Addr, windows bool) *port {
	of := prefixOf(a)
	ps.mu.Lock()
	defer ps.mu.Unlock()
	n := ps.networks[of]
	if n == nil {
		n = &neighbours{}
	}
	p := ps.choose(n, windows)
	if p.pool == nil {
		return p // the spare one
	}
	if p.users++; p.users > 1 {
		p.secret = false
	}
	n.users++
	p.of, ps.networks[of] = of, n
	return p
}

// choose finds a port, or opens one.
func (ps *ports) choose(n *neighbours, windows bool) *port {
	for len(n.ports) > 0 && time.Since(n.ports[0].opened) > portAge {
		n.ports = n.ports[1:]
	}
	crowd := !windows && n.users >= alone
	if most := shared + n.users/sharing; crowd && len(n.ports) >= most {
		return n.ports[random(len(n.ports))]
	}
	if ps.count >= mostPorts {
		return ps.makeshift(n)
	}
	p, err := ps.bind()
	if err != nil { // out of descriptors, as a rule
		ps.server.lackPort(err)
		return ps.makeshift(n)
	}
	ps.count++
	if crowd {
		n.ports = append(n.ports, p)
	}
	return p
}

// makeshift gives a port where none can be opened: the transfer has to share one.
func (ps *ports) makeshift(n *neighbours) *port {
	if len(n.ports) > 0 {
		return n.ports[random(len(n.ports))]
	}
	return ps.spare
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
