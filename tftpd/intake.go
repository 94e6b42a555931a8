// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"errors"
	"hash/fnv"
	"net/netip"

	"github.com/bootlace-net/bootlace/internal/udp"
	"github.com/bootlace-net/bootlace/tftpd/internal/proto"
)

// intake takes a datagram on the request port: via a listener, or on a lane of a single port. It runs on their goroutine:
// nothing here waits.
func (s *Server) intake(in *udp.Incoming, via *listener, on *lane) {
	r, err := proto.ParseRequest(in.Buf[:in.N])
	switch {
	case errors.Is(err, proto.ErrNotRequest):
		s.refuse(NotARequest, in.Remote)
		s.object(in, via, on)
		return
	case err != nil || in.Truncated || in.Remote.Port() == 0:
		s.refuse(Malformed, in.Remote)
		s.object(in, via, on)
		return
	case !s.allowed(in.Remote.Addr()):
		s.refuse(NetworkNotAllowed, in.Remote)
		return
	case in.Broadcast && !s.Limits.Broadcasts:
		s.refuse(Broadcast, in.Remote)
		return
	}
	local := netip.AddrPort{}
	if on != nil {
		local = on.single.local
	} else {
		local = via.conn.LocalAddr()
	}
	if in.Answer.IsValid() && local.Addr().IsUnspecified() {
		local = netip.AddrPortFrom(in.Answer, local.Port())
	}
	r.Remote, r.Local, r.Interface = in.Remote, local, in.Interface
	s.request(job{req: r, print: fingerprint(in.Buf[:in.N]), size: in.N, via: via, on: on})
}

// job is a request on its way to a lane.
type job struct {
	req   Request
	print uint64
	size  int       // of the packet
	via   *listener // has ports, or
	on    *lane     // the port is given
	entry *entry
}

// fingerprint tells requests apart; a collision by chance only delays a client.
func fingerprint(b []byte) uint64 {
	h := fnv.New64a()
	h.Write(b) // never fails
	return h.Sum64()
}

func (s *Server) allowed(a netip.Addr) bool {
	for _, n := range s.Limits.Networks {
		if n.Contains(a.WithZone("")) {
			return true
		}
	}
	return len(s.Limits.Networks) == 0
}

// request decides about a request and has it opened by a worker.
func (s *Server) request(j job) {
	p := peer{remote: j.req.Remote, local: j.req.Local.Addr()}
	e, v, stop := s.index.admit(p, j.print)
	for _, m := range stop {
		m.t.lane.do(func(now instant) { m.t.lane.end(m.t, m.reason, "", now) })
	}
	switch v {
	case repeats:
		l, again := e.t.lane, func() { s.request(j) }
		l.do(func(now instant) { l.repeat(e.t, again, now) })
	case full:
		s.refuse(TooManyTransfers, j.req.Remote)
	case prefixFull:
		s.refuse(TransfersPerPrefix, j.req.Remote)
	case opening: // its answer comes
	case admitted:
		j.entry = e
		if why, ok := s.clients.admit(j.req.Remote.Addr(), s.now()); !ok {
			s.index.leave(e)
			s.refuse(why, j.req.Remote)
			return
		}
		if !s.openers.do(func() { s.open(j) }) {
			s.index.leave(e)
			s.clients.left(j.req.Remote.Addr())
			s.refuse(WorkersBusy, j.req.Remote)
		}
	}
}
