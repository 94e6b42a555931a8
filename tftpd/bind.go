// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"errors"
	"net/netip"
	"syscall"

	"github.com/bootlace-net/bootlace/internal/udp"
)

// network opens sockets.
type network interface {
	listen(udp.Config) (conn, error)
	group(udp.Config, int) ([]conn, error)
	set() (set, error)
	open(udp.Config) (socket, error)
	verifyGSO() error
}

// socket is one that a set can take in.
type socket interface {
	LocalAddr() netip.AddrPort
	Capabilities() udp.Capabilities
	Close() error
}

// set is sockets that a lane receives from together.
type set interface {
	receiver
	Add(socket) (int, error)
	Remove(int) error
}

// system is the real network.
type system struct{}

func (system) listen(cfg udp.Config) (conn, error) {
	c, err := udp.Listen(cfg)
	if err != nil {
		return nil, err
	}
	return c, nil
}

func (system) group(cfg udp.Config, n int) ([]conn, error) {
	group, err := udp.ListenGroup(cfg, n)
	conns := make([]conn, len(group))
	for i := range group {
		conns[i] = group[i]
	}
	return conns, err
}

func (system) open(cfg udp.Config) (socket, error) {
	s, err := udp.OpenSocket(cfg)
	if err != nil {
		return nil, err
	}
	return s, nil
}

func (system) set() (set, error) {
	s, err := udp.NewSet()
	return systemSet{s}, err
}

type systemSet struct{ *udp.Set }

func (s systemSet) Add(one socket) (int, error) { return s.Set.Add(one.(*udp.Socket)) }

func (system) verifyGSO() error { return udp.VerifyGSO() }

// Kernel buffers. Requests of a storm wait in the receive buffer while lanes are busy; the send buffer is small, because
// what waits there makes round trips look long.
const (
	readBuffer  = 4 << 20
	writeBuffer = 1 << 20
)

// bind opens all sockets.
func (s *Server) bind() error {
	addrs, optional := s.Addrs, netip.AddrPort{}
	if len(addrs) == 0 {
		optional = netip.AddrPortFrom(netip.IPv6Unspecified(), 69)
		addrs = []netip.AddrPort{netip.AddrPortFrom(netip.IPv4Unspecified(), 69), optional}
	}
	if !s.SinglePort {
		for range s.Lanes {
			set, err := s.network.set()
			if err != nil {
				return err
			}
			s.newLane(set).set = set
		}
	}
	gso := s.GSO == On || s.GSO == Auto && s.network.verifyGSO() == nil
	for _, a := range addrs {
		a = netip.AddrPortFrom(a.Addr().Unmap(), a.Port())
		err := s.bindOne(a, gso)
		if err != nil && a == optional && noFamily(err) {
			continue
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// noFamily says that the machine has no IPv6.
func noFamily(err error) bool {
	return errors.Is(err, syscall.EAFNOSUPPORT) || errors.Is(err, syscall.EADDRNOTAVAIL)
}

// bindOne opens the sockets of one address: the request port, alone or with those that say no.
func (s *Server) bindOne(a netip.AddrPort, gso bool) error {
	cfg := udp.Config{Addr: a, PacketInfo: true, ReadBuffer: readBuffer, WriteBuffer: writeBuffer}
	if s.SinglePort {
		conns, err := s.network.group(cfg, s.Lanes)
		for _, c := range conns {
			l := s.newLane(c)
			l.single = &port{lane: l, local: c.LocalAddr(), bound: !a.Addr().IsUnspecified(), gso: gso && c.Capabilities().GSO,
				in: true, table: make(map[peer]*transfer), secret: true}
			l.ports = []*port{l.single}
		}
		return err
	}
	c, err := s.network.listen(cfg)
	if err != nil {
		return err
	}
	l := &listener{server: s, conn: c, ports: &ports{server: s, addr: a.Addr(), gso: gso, networks: make(map[netip.Prefix]*neighbours)}}
	s.listeners = append(s.listeners, l)
	for len(l.ports.no) < noPorts {
		p, err := l.standing()
		if err != nil {
			return err
		}
		l.ports.no = append(l.ports.no, p)
	}
	l.ports.spare, err = l.standing()
	return err
}

// standing opens a port that is there as long as the server.
func (l *listener) standing() (*port, error) {
	p, err := l.ports.bind()
	if err != nil {
		return nil, err
	}
	p.pool, p.secret = nil, false
	return p, p.lane.enter(p)
}

// newLane makes a lane.
func (s *Server) newLane(r receiver) *lane {
	l := &lane{
		server: s, conn: r, base: s.base,
		in:     make([]udp.Incoming, udp.MaxBatch),
		out:    newOutbox(),
		strays: bucket{rate: 50, burst: 50},
		poll:   busyPoll{limit: int64(s.BusyPoll)},
	}
	size := 2048 // requests and ACKs
	if s.Storer != nil {
		size = max(size, s.MaxBlock+8) // and DATA
	}
	buffers := make([]byte, len(l.in)*size)
	for i := range l.in {
		l.in[i].Buf = buffers[i*size : (i+1)*size : (i+1)*size]
	}
	s.lanes = append(s.lanes, l)
	return l
}
