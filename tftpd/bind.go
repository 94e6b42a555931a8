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
	verifyGSO() error
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

func (system) verifyGSO() error { return udp.VerifyGSO() }

// Kernel buffers. Requests of a storm wait in the receive buffer while lanes are busy; the send buffer is small, because
// what waits there makes round trips look long.
const (
	readBuffer  = 4 << 20
	writeBuffer = 1 << 20
	// poolLanes is how many transfer ports there are at least per address, so that a client that asks file after file from
	// one port of its own (lpxelinux.0, GRUB) does not meet the same port of ours again soon.
	poolLanes = 8
)

// bind opens all sockets.
func (s *Server) bind() error {
	addrs, optional := s.Addrs, netip.AddrPort{}
	if len(addrs) == 0 {
		optional = netip.AddrPortFrom(netip.IPv6Unspecified(), 69)
		addrs = []netip.AddrPort{netip.AddrPortFrom(netip.IPv4Unspecified(), 69), optional}
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

// bindOne opens the sockets of one address: the request port and a pool of transfer ports, or the request port alone.
func (s *Server) bindOne(a netip.AddrPort, gso bool) error {
	cfg := udp.Config{Addr: a, PacketInfo: true, ReadBuffer: readBuffer, WriteBuffer: writeBuffer}
	if s.SinglePort {
		conns, err := s.network.group(cfg, s.Lanes)
		for _, c := range conns {
			s.newLane(c, true, gso)
		}
		return err
	}
	c, err := s.network.listen(cfg)
	if err != nil {
		return err
	}
	l := &listener{server: s, conn: c}
	s.listeners = append(s.listeners, l)
	// Wildcard transfer sockets must say where each datagram came to; those of one address need not, which is cheaper.
	cfg.Addr, cfg.PacketInfo = netip.AddrPortFrom(a.Addr(), 0), a.Addr().IsUnspecified()
	for range max(poolLanes, s.Lanes) {
		c, err := s.network.listen(cfg)
		if err != nil {
			return err
		}
		l.lanes = append(l.lanes, s.newLane(c, false, gso))
	}
	return nil
}

// newLane makes the lane of a socket.
func (s *Server) newLane(c conn, single, gso bool) *lane {
	l := &lane{
		server: s, conn: c, single: single, base: s.base,
		bound:  !c.LocalAddr().Addr().IsUnspecified(),
		table:  make(map[peer]*transfer),
		in:     make([]udp.Incoming, udp.MaxBatch),
		out:    newOutbox(),
		strays: bucket{rate: 50, burst: 50},
		gso:    gso && c.Capabilities().GSO,
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
