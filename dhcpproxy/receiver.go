// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"time"

	"github.com/bootlace-net/bootlace/internal/udp"
)

// readErrors is how many times in a row a socket may fail to read. An interface that goes down says so once (ENETDOWN) and
// is no reason to stop.
const readErrors = 20

// readPause is how long to wait after such a failure.
const readPause = 100 * time.Millisecond

// bufferedSize is more than any client sends.
const bufferedSize = 2048

// receiver is the loop of one socket. It alone owns its buffers.
type receiver struct {
	server *Server
	socket *socket

	in      []udp.Incoming
	out     []udp.Outgoing
	rooms   [][]byte // one per answer of a batch
	parts   [][1][]byte
	delayed []waiting
}

// waiting is an answer whose time has not come.
type waiting struct {
	due time.Time
	out udp.Outgoing
}

func (r *receiver) run(ctx context.Context) error {
	r.in = make([]udp.Incoming, udp.MaxBatch)
	r.rooms, r.parts = make([][]byte, udp.MaxBatch), make([][1][]byte, udp.MaxBatch)
	for i := range r.in {
		r.in[i].Buf = make([]byte, bufferedSize)
		r.rooms[i] = make([]byte, 0, bufferedSize)
	}
	for failed := 0; ; {
		n, err := r.socket.Recv(r.in, r.waitTime())
		switch {
		case err == nil:
			failed = 0
		case ctx.Err() != nil || errors.Is(err, net.ErrClosed):
			return nil
		case errors.Is(err, os.ErrDeadlineExceeded):
		case failed == readErrors:
			return fmt.Errorf("%s: %w", r.socket.name, err)
		default:
			failed++
			r.server.failed("read", err, netip.AddrPort{})
			time.Sleep(readPause)
		}
		for i := 0; i == 0 || i < n; i += atOnce {
			r.batch(r.in[i:min(i+atOnce, n)])
		}
	}
}

// atOnce is how many answers wait for each other before they leave together: a larger number saves hardly any system call
// and makes the first machine of a storm wait for the last.
const atOnce = 16

// waitTime is how long to wait for packets: until the next delayed answer is due.
func (r *receiver) waitTime() time.Duration {
	if len(r.delayed) == 0 {
		return udp.Forever
	}
	return max(time.Until(r.delayed[0].due), time.Millisecond)
}

// batch answers what came in together with one call.
func (r *receiver) batch(in []udp.Incoming) {
	now := time.Now()
	r.out = r.out[:0]
	for i := range in {
		if ans := r.server.handle(r.socket, &in[i], now, r.rooms[i]); len(ans.Reply) > 0 {
			r.rooms[i] = ans.Reply[:0]
			r.parts[i][0] = ans.Reply
			r.enqueue(now, ans, r.parts[i][:])
		}
	}
	for len(r.delayed) > 0 && !r.delayed[0].due.After(now) {
		r.out = append(r.out, r.delayed[0].out)
		r.delayed = r.delayed[1:]
	}
	if len(r.out) == 0 {
		return
	}
	if _, err := r.socket.Send(r.out); err != nil {
		r.server.failed("send", err, r.out[0].Remote)
	}
}

// maxDelayed bounds the answers that wait.
const maxDelayed = 4096

func (r *receiver) enqueue(now time.Time, ans Answer, parts [][]byte) {
	o := udp.Outgoing{Remote: ans.To.Remote, Local: ans.To.Local, Interface: ans.To.Interface, Bufs: parts}
	d := r.server.Delay
	if d <= 0 || r.socket.role != RoleDHCP || len(r.delayed) >= maxDelayed {
		r.out = append(r.out, o)
		return
	}
	o.Bufs = [][]byte{append([]byte(nil), ans.Reply...)}
	r.delayed = append(r.delayed, waiting{now.Add(d), o})
}

// handle decides about one packet and tells of it.
func (s *Server) handle(c *socket, in *udp.Incoming, now time.Time, room []byte) Answer {
	a, verdict := s.arrival(c, in, now)
	var ans Answer
	switch {
	case c.monitor && (in.Truncated || verdict != verdictNone):
		return ans
	case c.monitor:
		s.overhearServer(in.Buf[:in.N], &a)
		return ans
	case in.Truncated:
		ans.Verdict = SilentOversized
	case verdict != verdictNone:
		ans.Verdict = verdict
	case c.six:
		ans = s.Respond6(in.Buf[:in.N], a, room)
		if c.beside {
			s.chooseSource(&ans.To, &a)
		}
	default:
		ans = s.Respond(in.Buf[:in.N], a, room)
	}
	s.tell(&ans, &a, c)
	return ans
}

// chooseSource does what the kernel does for a bound socket: to a link-local address from one.
func (s *Server) chooseSource(to *Destination, a *Arrival) {
	if to.Local.IsValid() {
		return
	}
	to.Local = a.Local
	if i, ok := s.Host.Interface(a.Index); ok && to.Remote.Addr().IsLinkLocalUnicast() {
		if own := i.LinkLocal(); own.IsValid() {
			to.Local = own
		}
	}
}

// origin is what it depends on where a packet came in. In a storm that is the same for most of a batch.
type origin struct {
	now       time.Time // of the batch
	iface     int
	local     netip.Addr
	broadcast bool
	from      netip.Addr
}

// arrival says how a packet came in, and whether its interface is served.
func (s *Server) arrival(c *socket, in *udp.Incoming, now time.Time) (Arrival, Verdict) {
	if o := (origin{now, in.Interface, in.Local, in.Broadcast, in.Remote.Addr()}); o != c.origin {
		c.arrival, c.verdict = s.arrivalOf(c, in, now)
		c.origin = o
	}
	a := c.arrival
	a.Remote = in.Remote
	return a, c.verdict
}

func (s *Server) arrivalOf(c *socket, in *udp.Incoming, now time.Time) (Arrival, Verdict) {
	a := Arrival{Role: c.role, Remote: in.Remote, Index: in.Interface, Tree: s.Tree, Time: now, Multicast: in.Broadcast}
	n, ok := s.Host.Interface(in.Interface)
	if !ok || !s.Host.Serves(&n) {
		return a, SilentInterface
	}
	asked := in.Local
	if in.Broadcast {
		asked = netip.Addr{}
	}
	a.Interface = n.Name
	a.Local, a.Subnet = s.Host.AnswerFrom(&n, asked, in.Remote.Addr(), c.six)
	return a, verdictNone
}
