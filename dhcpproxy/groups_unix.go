// SPDX-License-Identifier: Apache-2.0

//go:build unix

package dhcpproxy

import (
	"errors"
	"net"
	"os"
	"sync"
	"syscall"
)

// groups keeps the host in DHCPv6's multicast group on each served interface. The membership belongs to a socket of its
// own: the kernel then lets the group's packets through to every socket on the port.
type groups struct {
	mu     sync.Mutex
	conn   *net.UDPConn
	joined map[int]bool
}

func newGroups() (*groups, error) {
	c, err := net.ListenUDP("udp6", &net.UDPAddr{IP: net.IPv6loopback})
	if err != nil {
		return nil, err
	}
	return &groups{conn: c, joined: map[int]bool{}}, nil
}

// join enters All_DHCP_Relay_Agents_and_Servers, ff02::1:2 (RFC 8415 section 7.1), on an interface. An interface that was
// removed and came back has a new index.
func (g *groups) join(index int) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.joined[index] {
		return nil
	}
	raw, err := g.conn.SyscallConn()
	if err != nil {
		return err
	}
	mreq := &syscall.IPv6Mreq{Multiaddr: [16]byte{0: 0xff, 1: 0x02, 13: 1, 15: 2}, Interface: uint32(index)}
	var failed error
	err = raw.Control(func(fd uintptr) {
		failed = syscall.SetsockoptIPv6Mreq(int(fd), syscall.IPPROTO_IPV6, syscall.IPV6_JOIN_GROUP, mreq)
	})
	if errors.Is(failed, syscall.EADDRINUSE) {
		failed = nil // a member already
	}
	if err = errors.Join(err, os.NewSyscallError("setsockopt IPV6_JOIN_GROUP", failed)); err == nil {
		g.joined[index] = true
	}
	return err
}

func (g *groups) close() error { return g.conn.Close() }
