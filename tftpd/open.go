// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"context"
	"time"

	"github.com/bootlace-net/bootlace/tftpd/internal/proto"
)

// open makes a transfer of a request and gives it to its lane. Runs on a worker.
func (s *Server) open(j job) {
	prepare := s.prepareDownload
	if j.req.Write {
		prepare = s.prepareUpload
	}
	t, drop, err := prepare(&j)
	switch {
	case err != nil:
		s.turnDown(j, err)
	case !s.index.attach(j.entry, t): // superseded while we opened
		drop()
		t.port.leave()
		s.clients.left(j.req.Remote.Addr())
	default:
		t.lane.do(func(now instant) { t.lane.begin(t, now) })
	}
}

// prepareDownload opens what is asked for. drop closes it again.
func (s *Server) prepareDownload(j *job) (t *transfer, drop func(), err error) {
	src, err := s.source(&j.req)
	if err != nil {
		return nil, nil, err
	}
	d := s.newDownload(j, src)
	return &d.transfer, func() { s.sources.drop(src) }, nil
}

// source gives what the request is for: what is kept for this client since it asked for the size, or what the Opener says.
func (s *Server) source(r *Request) (*source, error) {
	if r.Mode == proto.Mail {
		return nil, errMail
	}
	if src := s.pins.take(r); src != nil {
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

// minInitial is how soon at the earliest a first reply to a client that is known is repeated, in nanoseconds.
const minInitial = 50_000_000

// newDownload makes the transfer that sends src.
func (s *Server) newDownload(j *job, src *source) *download {
	d := &download{src: src, entered: -1, held: proto.Order{Last: -1}}
	known := s.clients.lesson(j.req.Remote.Addr())
	limits := s.introduce(&d.transfer, d, j, s.negotiate(&j.req, src.size, known.windowBytes(j.on != nil)))
	d.reads = known.reads
	if known.answers > 0 && d.class != PXELINUX { // which opens files it reads much later, and repeats its request after 110 ms anyway
		limits.Initial = min(limits.Initial, max(limits.Floor, 4*known.answers, minInitial))
	}
	d.segments = d.port.gso && d.grant.Window > 1 && !(known.whole && s.gsoAuto)
	d.Sender = proto.NewSender(proto.SenderSettings{
		Size: src.size, Grant: d.grant, Timer: limits, Pace: known.pace, MaxWindow: or(d.grant.MaxWindow, s.MaxWindow),
		Silence: int64(s.Silence), TailSilence: int64(min(s.Silence, 10*time.Second)),
		Asked: int64(j.size), KnownPort: j.on != nil && !known.reads, Pauses: j.pauses(known.reads),
	})
	if d.Last() > 65535 && d.class.StopsAt65535() {
		s.tell(TooManyBlocks{Request: j.req, Class: d.class, Size: src.size, Limit: 65535*int64(d.grant.Block) - 1})
	}
	return d
}
