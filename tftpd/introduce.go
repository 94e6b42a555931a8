// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"fmt"
	"net/netip"
	"time"

	"github.com/bootlace-net/bootlace/tftpd/internal/proto"
)

// negotiate answers the options of a request; size is that of the content, or -1.
func (s *Server) negotiate(r *Request, size int64) proto.Grant {
	mtu := 0
	if s.MTU != nil {
		mtu = s.MTU(r.Interface)
	}
	return proto.Negotiate(r, proto.Bounds{
		MinBlock: s.MinBlock, MaxBlock: s.MaxBlock, Window: s.MaxWindow, Size: size,
		MTU: mtu, IPv6: r.Remote.Addr().Is6(),
	})
}

// introduce fills what all transfers have: the lane, and how it names the peer. It gives the limits of the timer.
func (s *Server) introduce(t *transfer, own session, j *job, g proto.Grant) proto.TimerLimits {
	t.session, t.req, t.grant, t.print = own, j.req, g, j.print
	t.asked, t.ifi, t.began, t.slot = j.entry.peer, j.req.Interface, time.Now(), -1
	t.class = s.clients.class(&j.req)
	t.lane, t.peer = s.place(j)
	return s.Retransmit[t.class].or(defaultRetransmit(t.class)).limits(g.Timeout)
}

// place finds the lane and how it names the peer.
func (s *Server) place(j *job) (l *lane, p peer) {
	l, p = j.on, j.entry.peer
	if l == nil {
		l = s.clients.lane(p, j.via.lanes, min(s.Lanes, len(j.via.lanes)))
	}
	if l.bound || p.local.IsUnspecified() {
		p.local = netip.Addr{}
	}
	return l, p
}

// turnDown answers a request that cannot be served, from a transfer port like any other answer.
func (s *Server) turnDown(j job, err error) {
	code, began := CodeOf(err), time.Now()
	l, p := s.place(&j)
	s.index.leave(j.entry)
	l.do(func(instant) { l.out.packet(l, p, j.req.Interface, proto.ErrorPacket(code, code.Message())) })
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
