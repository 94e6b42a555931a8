// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strconv"
	"syscall"
	"time"

	"github.com/bootlace-net/bootlace/internal/udp"
)

// readErrors is how many times in a row a socket may fail to read. An interface that goes down says so once (ENETDOWN) and
// is no reason to stop.
const readErrors = 20

// readPause is how long to wait after such a failure.
const readPause = 100 * time.Millisecond

// lane is the loop of one socket. It alone owns its buffers.
type lane struct {
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

func (l *lane) run(ctx context.Context) error {
	l.in = make([]udp.Incoming, udp.MaxBatch)
	l.rooms, l.parts = make([][]byte, udp.MaxBatch), make([][1][]byte, udp.MaxBatch)
	for i := range l.in {
		l.in[i].Buf = make([]byte, bufferedSize)
		l.rooms[i] = make([]byte, 0, bufferedSize)
	}
	for failed := 0; ; {
		n, err := l.socket.Recv(l.in, l.patience())
		switch {
		case err == nil:
			failed = 0
		case ctx.Err() != nil || errors.Is(err, net.ErrClosed):
			return nil
		case errors.Is(err, os.ErrDeadlineExceeded):
		case failed == readErrors:
			return fmt.Errorf("%s: %w", l.socket.name, err)
		default:
			failed++
			l.server.counts.readErrors.Add(1)
			time.Sleep(readPause)
		}
		for i := 0; i == 0 || i < n; i += atOnce {
			l.batch(l.in[i:min(i+atOnce, n)])
		}
	}
}

// atOnce is how many answers wait for each other before they leave together: a larger number saves hardly any system call
// and makes the first machine of a storm wait for the last.
const atOnce = 16

// patience is how long to wait for packets: until the next delayed answer is due.
func (l *lane) patience() time.Duration {
	if len(l.delayed) == 0 {
		return udp.Forever
	}
	return max(time.Until(l.delayed[0].due), time.Millisecond)
}

// batch answers what came in together with one call.
func (l *lane) batch(in []udp.Incoming) {
	now := time.Now()
	l.out = l.out[:0]
	for i := range in {
		if ans := l.server.handle(l.socket, &in[i], now, l.rooms[i]); len(ans.Reply) > 0 {
			l.rooms[i] = ans.Reply[:0]
			l.parts[i][0] = ans.Reply
			l.enqueue(now, ans, l.parts[i][:])
		}
	}
	for len(l.delayed) > 0 && !l.delayed[0].due.After(now) {
		l.out = append(l.out, l.delayed[0].out)
		l.delayed = l.delayed[1:]
	}
	if len(l.out) == 0 {
		return
	}
	if _, err := l.socket.Send(l.out); err != nil {
		l.server.sendFailed(err, l.out[0].Remote)
	}
}

// maxDelayed bounds the answers that wait.
const maxDelayed = 4096

func (l *lane) enqueue(now time.Time, ans Answer, parts [][]byte) {
	o := udp.Outgoing{Remote: ans.To.Remote, Local: ans.To.Local, Interface: ans.To.Interface, Bufs: parts}
	d := l.server.Delay
	if d <= 0 || l.socket.role != RoleDHCP || len(l.delayed) >= maxDelayed {
		l.out = append(l.out, o)
		return
	}
	o.Bufs = [][]byte{append([]byte(nil), ans.Reply...)}
	l.delayed = append(l.delayed, waiting{now.Add(d), o})
}

// sendFailed counts, and tells once in a while.
func (s *Server) sendFailed(err error, to netip.AddrPort) {
	s.counts.sendErrors.Add(1)
	why := syscall.Errno(0) // not the text, in which there is an address that anybody may have invented
	_ = errors.As(err, &why)
	if s.notes.due("send "+strconv.Itoa(int(why)), time.Now(), noteAge) {
		s.Logger.Warn().Err(err).Stringer("to", to).Msg("an answer could not be sent")
	}
}

// handle decides about one packet and tells of it.
func (s *Server) handle(c *socket, in *udp.Incoming, now time.Time, room []byte) Answer {
	a, verdict := s.arrival(c, in, now)
	var ans Answer
	switch {
	case in.Truncated:
		ans.Verdict = SilentOversized
	case verdict != verdictNone:
		ans.Verdict = verdict
	case c.ear:
		s.overhear(in.Buf[:in.N], &a)
		return ans
	case c.six:
		ans = s.Respond6(in.Buf[:in.N], a, room)
	default:
		ans = s.Respond(in.Buf[:in.N], a, room)
	}
	if !c.ear {
		s.tell(&ans, &a, c)
	}
	return ans
}

// arrival says how a packet came in, and whether its interface is served.
func (s *Server) arrival(c *socket, in *udp.Incoming, now time.Time) (Arrival, Verdict) {
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
