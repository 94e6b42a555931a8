// SPDX-License-Identifier: Apache-2.0

package syslogd

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/bootlace-net/bootlace/internal/udp"
)

// What one socket holds. A datagram that is longer than its buffer is read as far as it fits: syslog's own bound is 2 KiB
// (RFC 5424 section 6.1). What comes while this machine is busy waits in the kernel: one that starts says 2,000 lines at once.
const (
	mostOfADatagram = 8192
	atOnce          = 16
	readBuffer      = 2 << 20
)

// Reading may fail for a while, such as when an interface goes down.
const (
	readErrors = 20
	readPause  = 100 * time.Millisecond
)

// conn is a socket.
type conn interface {
	Recv(in []udp.Incoming, timeout time.Duration) (int, error)
	LocalAddr() netip.AddrPort
	Close() error
}

// network opens sockets.
type network func(udp.Config) (conn, error)

func system(c udp.Config) (conn, error) { return udp.Listen(c) }

// Listen opens every socket, or none.
func (s *Server) Listen() error {
	if s.network == nil {
		s.network = system
	}
	s.budget = newBudget(s.Limits)
	for _, a := range s.Addrs {
		c, err := s.network(udp.Config{Addr: a, PacketInfo: true, ReadBuffer: readBuffer})
		if err != nil {
			s.close()
			return err
		}
		s.sockets = append(s.sockets, c)
	}
	return nil
}

// LocalAddrs are the addresses that are listened on.
func (s *Server) LocalAddrs() []netip.AddrPort {
	out := make([]netip.AddrPort, len(s.sockets))
	for i, c := range s.sockets {
		out[i] = c.LocalAddr()
	}
	return out
}

// Serve takes what comes until ctx ends.
func (s *Server) Serve(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	defer context.AfterFunc(ctx, s.close)()
	for _, c := range s.sockets {
		g.Go(func() error { return s.receive(ctx, c) })
	}
	return g.Wait()
}

func (s *Server) close() {
	for _, c := range s.sockets {
		_ = c.Close() // nothing was sent by it
	}
}

// receive is the loop of one socket.
func (s *Server) receive(ctx context.Context, c conn) error {
	in := make([]udp.Incoming, atOnce)
	for i := range in {
		in[i].Buf = make([]byte, mostOfADatagram)
	}
	for failed := 0; ; {
		n, err := c.Recv(in, udp.Forever)
		switch {
		case ctx.Err() != nil || errors.Is(err, net.ErrClosed):
			return nil
		case err == nil:
			failed = 0
		case failed == readErrors:
			return fmt.Errorf("syslog %v: %w", c.LocalAddr(), err)
		default:
			failed++
			time.Sleep(readPause)
		}
		now := time.Now()
		for i := range in[:n] {
			local := in[i].Local
			if in[i].Broadcast {
				local = in[i].Answer
			}
			s.take(in[i].Buf[:in[i].N], local, in[i].Remote.Addr(), now)
		}
	}
}
