// SPDX-License-Identifier: Apache-2.0

//go:build unix

package udp

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"sync"
	"syscall"
)

// Membership keeps the host in an IPv6 multicast group on some interfaces. It belongs to a socket of its own: the kernel
// then lets the group's packets through to every socket on their port.
type Membership struct {
	mu     sync.Mutex
	group  [16]byte
	conn   *net.UDPConn
	joined map[int]bool
}

// NewMembership prepares membership in a group, on no interface yet.
func NewMembership(group netip.Addr) (*Membership, error) {
	c, err := net.ListenUDP("udp6", &net.UDPAddr{IP: net.IPv6loopback})
	if err != nil {
		return nil, err
	}
	return &Membership{group: group.As16(), conn: c, joined: map[int]bool{}}, nil
}

// Join enters the group on an interface, once. An interface that was removed and came back has a new index.
func (m *Membership) Join(index int) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.joined[index] {
		return nil
	}
	raw, err := m.conn.SyscallConn()
	if err != nil {
		return err
	}
	mreq := &syscall.IPv6Mreq{Multiaddr: m.group, Interface: uint32(index)}
	var failed error
	err = raw.Control(func(fd uintptr) {
		failed = syscall.SetsockoptIPv6Mreq(int(fd), syscall.IPPROTO_IPV6, syscall.IPV6_JOIN_GROUP, mreq)
	})
	if errors.Is(failed, syscall.EADDRINUSE) {
		failed = nil // a member already
	}
	if err = errors.Join(err, os.NewSyscallError("setsockopt IPV6_JOIN_GROUP", failed)); err == nil {
		m.joined[index] = true
	}
	return err
}

// Close leaves the group everywhere.
func (m *Membership) Close() error { return m.conn.Close() }
