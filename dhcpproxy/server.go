// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/netif"
	"github.com/bootlace-net/bootlace/internal/udp"
)

// Server answers on the network. Its exported fields are set before Listen; the embedded Responder decides.
type Server struct {
	Responder
	Host   *netif.Host   // the interfaces to answer on, and the addresses to put into answers; nil: this host's own
	Tree   boot.Endpoint // where the tree is served, without its host
	Socket SocketMode
	NoIPv6 bool          // do not answer DHCPv6
	Delay  time.Duration // how long to wait before an offer; iPXE waits 2 s for one
	// Events hears of every packet's end, of other servers and of sockets that fail; nil: nobody listens. It must be quick.
	Events func(boot.Event)

	network network
	sockets []*socket
	members *udp.Membership // of DHCPv6's multicast group
	own     hearer          // of what this host sends to port 68; nil: none
	notice  []string
	served  []string // the interfaces that machines got answers on when Listen returned
}

// SocketMode is how ports 67 and 547 are listened to.
type SocketMode uint8

// The modes.
const (
	SocketAuto   SocketMode = iota // as packets, or UDP where that cannot be
	SocketUDP                      // bind the port, alone
	SocketPacket                   // read beside another DHCP server on this machine, stealing nothing from it (Linux)
)

// network opens sockets: the system's, or simulated ones.
type network struct {
	udp     func(udp.Config) (Packets, error)
	packets func(udp.PacketConfig) (Packets, error) // beside whoever has the port
}

func systemNetwork() network {
	return network{
		udp:     func(c udp.Config) (Packets, error) { return udp.Listen(c) },
		packets: func(c udp.PacketConfig) (Packets, error) { return udp.ListenPackets(c) },
	}
}

// Packets is a datagram socket: udp.Conn, a packet socket, or a simulated one.
type Packets interface {
	Recv(in []udp.Incoming, timeout time.Duration) (int, error)
	Send(out []udp.Outgoing) (int, error)
	Close() error
}

// socket is a datagram socket and what it is for.
type socket struct {
	Packets
	role    Role
	six     bool
	monitor bool // hears other servers' answers
	beside  bool // takes the port from nobody
	owned   bool // somebody has that port
	name    string

	origin  origin // of the last packet
	arrival Arrival
	verdict Verdict
}

// Notices are what an operator should know about how the sockets were opened, once Listen has returned.
func (s *Server) Notices() []string { return s.notice }

// LocalAddrs says what is listened on, in words.
func (s *Server) LocalAddrs() []string {
	names := make([]string, len(s.sockets))
	for i, c := range s.sockets {
		names[i] = c.name
	}
	return names
}

// Serve answers until ctx ends, and closes the sockets. The error is that of a socket which cannot be read any more.
func (s *Server) Serve(ctx context.Context) error {
	var group sync.WaitGroup
	errs := make([]error, len(s.sockets))
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { _ = s.Close() })
	defer stop()
	group.Go(func() { s.follow(ctx.Done()) })
	for i, c := range s.sockets {
		group.Go(func() {
			errs[i] = (&receiver{server: s, socket: c}).run(ctx)
			cancel() // half a server is worse than none: the caller hears of it
		})
	}
	group.Wait()
	return errors.Join(errs...)
}

// Close closes the sockets. Serve returns.
func (s *Server) Close() error {
	var errs []error
	for _, c := range s.sockets {
		errs = append(errs, c.Close())
	}
	if s.members != nil {
		errs = append(errs, s.members.Close())
	}
	return errors.Join(errs...)
}
