// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"fmt"
	"net/netip"
	"time"

	"github.com/bootlace-net/bootlace/tftpd/internal/proto"
)

// negotiate answers the options of a request; size is that of the content, or -1. windowBytes bounds the window, if it is not 0.
func (s *Server) negotiate(r *Request, size int64, windowBytes int) proto.Grant {
	mtu := 0
	if s.MTU != nil {
		mtu = s.MTU(r.Interface)
	}
	return proto.Negotiate(r, proto.Bounds{
		MinBlock: s.MinBlock, MaxBlock: s.MaxBlock, Window: s.MaxWindow, Size: size,
		MTU: mtu, IPv6: r.Remote.Addr().Is6(), WindowBytes: windowBytes,
	})
}

// introduce fills what all transfers have: the port, and how its lane names the peer. It gives the limits of the timer.
func (s *Server) introduce(t *transfer, own session, j *job, g proto.Grant) proto.TimerLimits {
	p := j.port(g.Window > 1)
	t.session, t.req, t.grant, t.print = own, j.req, g, j.print
	t.asked, t.ifi, t.began, t.slot = j.entry.peer, j.req.Interface, time.Now(), -1
	t.class = s.clients.class(&j.req)
	t.port, t.lane, t.peer = p, p.lane, p.named(j.entry.peer)
	return s.Retransmit[t.class].or(defaultRetransmit(t.class)).limits(g.Timeout)
}

// port gives a port for a transfer.
func (j *job) port(windows bool) *port {
	if j.on != nil {
		return j.on.single
	}
	return j.via.ports.take(j.req.Remote.Addr(), windows)
}

// pauses gives times that nobody can foretell, where only those can tell a client that reads from one that is forged.
func (j *job) pauses(known bool) []int64 {
	if j.on == nil || known {
		return nil
	}
	p := make([]int64, proto.Pauses)
	for i := range p {
		p[i] = int64(random(proto.MaxPause))
	}
	return p
}

// refusal gives a port for an answer that begins no transfer.
func (j *job) refusal() *port {
	if j.on != nil {
		return j.on.single
	}
	return j.via.ports.refusal()
}

// named gives a peer as datagrams to this port name it.
func (p *port) named(who peer) peer {
	if p.bound || who.local.IsUnspecified() {
		who.local = netip.Addr{}
	}
	return who
}

// turnDown answers a request that cannot be served, from a transfer port like any other answer.
func (s *Server) turnDown(j job, err error) {
	code, began := CodeOf(err), time.Now()
	p := j.refusal()
	s.index.leave(j.entry)
	p.lane.do(func(instant) {
		p.lane.out.packet(p, p.named(j.entry.peer), j.req.Interface, proto.ErrorPacket(code, code.Message()))
	})
	s.finisher.later(func() {
		s.clients.left(j.req.Remote.Addr())
		s.record(Finished{
			Request: j.req, Class: proto.Classify(&j.req), Began: began, Duration: time.Since(began), Outcome: Refused, Code: code, Proved: s.proved(j.req.Remote.Addr()),
			Detail: fmt.Sprintf("%s (%v)", codeText(code, code.Message()), err),
		})
	})
}

// codeText joins an error code and its text for people.
func codeText(c Code, text string) string {
	if text == "" {
		text = c.Message()
	}
	return fmt.Sprintf("error %d: %s", c, text)
}
