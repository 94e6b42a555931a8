// SPDX-License-Identifier: Apache-2.0

package lab

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// Router sends IPv6 router advertisements. Without any, every stage of iPXE waits 15 s for one before it goes on.
type Router struct {
	conn *net.IPConn
	to   *net.IPAddr
	stop context.CancelFunc
	done chan struct{}
}

// Flags of an advertisement (RFC 4861 section 4.2).
const (
	RouterOnly    = 0    // addresses by prefix, no DHCPv6
	RouterManaged = 0x80 // addresses by DHCPv6
	RouterOther   = 0x40 // only other information by DHCPv6
)

const routerInterval = 3 * time.Second

// NewRouter begins to advertise on the namespace's interface: at once, every three seconds, and when asked.
func (n *Namespace) NewRouter(flags byte) (*Router, error) {
	r := &Router{done: make(chan struct{})}
	if err := n.Do(func() error { return r.open() }); err != nil {
		return nil, fmt.Errorf("router advertisements: %w", err)
	}
	ctx, stop := context.WithCancel(context.Background())
	r.stop = stop
	go r.serve(ctx, advertisement(flags))
	return r, nil
}

// Close ends the advertisements.
func (r *Router) Close() {
	r.stop()
	_ = r.conn.Close()
	<-r.done
}

func (r *Router) open() error {
	ifi, err := net.InterfaceByName(Interface)
	if err != nil {
		return err
	}
	// A number, not a name: package net looks names of interfaces up in whatever namespace the sending thread is in.
	r.to = &net.IPAddr{IP: net.IPv6linklocalallnodes, Zone: strconv.Itoa(ifi.Index)}
	r.conn, err = net.ListenIP("ip6:ipv6-icmp", &net.IPAddr{IP: net.IPv6unspecified})
	if err != nil {
		return err
	}
	raw, err := r.conn.SyscallConn()
	if err != nil {
		return err
	}
	var set error
	err = raw.Control(func(fd uintptr) { set = multicast(int(fd), ifi.Index) })
	return errors.Join(err, set)
}

// multicast makes the socket send as routers must, with a hop limit of 255 (RFC 4861 section 6.1.2), and hear
// solicitations, which go to all routers.
func multicast(fd, ifindex int) error {
	allRouters := netip.MustParseAddr("ff02::2").As16()
	return errors.Join(
		unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_MULTICAST_HOPS, 255),
		unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_MULTICAST_IF, ifindex),
		unix.SetsockoptIPv6Mreq(fd, unix.IPPROTO_IPV6, unix.IPV6_JOIN_GROUP,
			&unix.IPv6Mreq{Multiaddr: allRouters, Interface: uint32(ifindex)}),
	)
}

func (r *Router) serve(ctx context.Context, ra []byte) {
	defer close(r.done)
	buf := make([]byte, 1500)
	for ctx.Err() == nil {
		_, _ = r.conn.WriteTo(ra, r.to) // the link may not be ready yet; the next one will do
		_ = r.conn.SetReadDeadline(time.Now().Add(routerInterval))
		for ctx.Err() == nil {
			if n, err := r.conn.Read(buf); err != nil || n > 0 && buf[0] == routerSolicitation {
				break
			}
		}
	}
}

// ICMPv6 types (RFC 4861 section 4).
const (
	routerSolicitation  = 133
	routerAdvertisement = 134
)

// advertisement says: this prefix is here, and no router of yours (lifetime 0). The kernel fills in the checksum.
func advertisement(flags byte) []byte {
	b := []byte{routerAdvertisement, 0, 0, 0, 64, flags, 0, 0}
	b = binary.BigEndian.AppendUint64(b, 0)    // reachable time, retransmission timer
	b = append(b, 3, 4, 64, 0xc0)              // prefix information: on-link, autonomous
	b = binary.BigEndian.AppendUint32(b, 3600) // valid
	b = binary.BigEndian.AppendUint32(b, 1800) // preferred
	b = binary.BigEndian.AppendUint32(b, 0)    // reserved
	return append(b, netip.MustParseAddr(prefix6).AsSlice()...)
}
