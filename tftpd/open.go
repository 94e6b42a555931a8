// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"time"
)

// open finds the content of a request and gives the transfer to its lane. Runs on a worker.
func (s *Server) open(j job) {
	if j.req.Write {
		s.accept(j)
		return
	}
	src, err := s.source(&j.req)
	if err != nil {
		s.turnDown(j, codeOf(err), err)
		return
	}
	t := s.prepare(j, src)
	if !s.index.attach(j.entry, t) { // superseded while we opened
		s.sources.drop(src)
		s.clients.refused(j.req.Remote.Addr())
		return
	}
	t.lane.post(letter{kind: letterStart, t: t})
}

// source gives what the request is for: what is kept for this client since it asked for the size, or what the Opener says.
func (s *Server) source(r *Request) (*source, error) {
	if r.Mode == mail {
		return nil, &Error{CodeIllegal, errors.New("mode mail is not served")}
	}
	if src := s.clients.pinned(r); src != nil {
		if src.failed() == nil {
			return src, nil
		}
		s.sources.drop(src)
	}
	ctx, cancel := context.WithTimeout(s.ctx, s.OpenTimeout)
	defer cancel()
	c, err := s.Opener.Open(ctx, r)
	if err != nil {
		return nil, err
	}
	if r.Mode == Netascii {
		if c, err = newNetascii(c); err != nil {
			return nil, err
		}
	}
	return s.sources.take(c)
}

// prepare makes the transfer of a download.
func (s *Server) prepare(j job, src *source) *transfer {
	g := negotiate(&j.req, bounds{
		minBlock: s.MinBlock, maxBlock: s.MaxBlock, window: s.MaxWindow, size: src.size,
		mtu: s.mtu.of(s.network, j.req.Interface), v6: j.req.Remote.Addr().Is6(),
	})
	t := s.newTransfer(j, g)
	t.src = src
	t.segments = t.lane.gso && g.window > 1
	s.clients.advise(t)
	t.cap = int64(s.MaxWindow)
	t.begin(src.size, g)
	if t.last > 65535 && t.class.noRollover() {
		s.finisher.tell(TooManyBlocks{Request: j.req, Class: t.class, Size: src.size, Limit: 65535 * t.block})
	}
	return t
}

// newTransfer makes a transfer with its lane and its timer.
func (s *Server) newTransfer(j job, g grant) *transfer {
	t := &transfer{
		asked: j.entry.peer, ifi: j.req.Interface, req: j.req, grant: g, print: j.print, began: time.Now(),
		class: s.clients.class(&j.req), entered: -1, slot: -1, held: order{last: -1},
	}
	s.place(t, j)
	limits := s.Retransmit[t.class].or(defaultRetransmit(t.class))
	t.timing = newTiming(limits.Floor, limits.Ceiling, limits.Initial, g.timeout)
	t.silence, t.tailSilence = int64(s.Silence), int64(min(s.Silence, 10*time.Second))
	return t
}

// place finds the lane and how it names the peer.
func (s *Server) place(t *transfer, j job) {
	t.lane = j.on
	t.peer = t.asked
	if t.lane == nil {
		t.lane = s.clients.lane(t.asked, j.via.lanes, min(s.Lanes, len(j.via.lanes)))
	}
	if t.lane.bound || t.peer.local.IsUnspecified() {
		t.peer.local = netip.Addr{}
	}
}

// turnDown answers a request that cannot be served, from a transfer port like any other answer.
func (s *Server) turnDown(j job, code Code, err error) {
	t := &transfer{asked: j.entry.peer, req: j.req, class: classify(&j.req), began: time.Now(), ifi: j.req.Interface}
	s.place(t, j)
	s.index.leave(j.entry)
	t.lane.post(letter{kind: letterSend, to: t.peer, ifi: t.ifi, out: errorPacket(code, code.message())})
	t.outcome, t.detail = Refused, fmt.Sprintf("%s (%v)", codeText(code, code.message()), err)
	t.code = code
	s.finisher.finish(t)
}

// codeText joins an error code and its text for people.
func codeText(c Code, text string) string {
	if text == "" {
		text = c.message()
	}
	return fmt.Sprintf("error %d: %s", c, text)
}
