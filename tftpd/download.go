// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"time"

	"github.com/bootlace-net/bootlace/tftpd/internal/proto"
)

// download is a client being sent a file.
type download struct {
	transfer
	proto.Sender
	src       *source
	entered   int64       // chunk last entered
	held      proto.Order // what waits for a chunk or for workers
	waiting   bool        // a chunk is being read for us
	segments  bool        // windows may leave as one segmented send
	segmented bool        // one did
	listed    bool        // in lane.paced
	reads     bool        // that the client reads has been noted
}

var _ session = (*download)(nil)

func (d *download) start(now instant) { d.apply(d.Start(now), now) }

// packet handles ACKs. Windows boot managers write into a fifth byte how large the next window shall be.
func (d *download) packet(op uint16, b []byte, now instant) {
	if op != proto.OpACK || d.over.Load() {
		return
	}
	wish := int64(0)
	if d.grant.MSFTWindow && len(b) > 4 {
		wish = int64(b[4])
	}
	d.apply(d.Ack(proto.BlockNumber(b), wish, now), now)
}

func (d *download) repeated(now instant) (anew bool) {
	if d.Anew(now) {
		return true
	}
	d.apply(d.Repeated(now), now)
	return false
}

func (d *download) expire(now instant) {
	switch {
	case d.waiting:
		d.lane.wheel.set(&d.transfer, now+d.Timeout()) // the disk is slow, not the client
	case d.stalled():
		d.resume(now) // workers were overrun
	case d.Deadline() > now:
		d.lane.wheel.set(&d.transfer, d.Deadline())
	default:
		d.apply(d.Expire(now), now)
	}
}

func (d *download) failed(code Code) Outcome { return d.Failed(code) }

func (d *download) ended() time.Duration { return time.Second }

// finish remembers what was learnt of the client, and keeps the content for one that only asked for its size.
func (d *download) finish(f *Finished) {
	s := d.lane.server
	f.Size, f.Bytes, f.Retransmits, f.RTT = d.src.size, d.Transferred(), d.Retransmits(), time.Duration(d.RTT())
	if d.outcome == Unconfirmed {
		f.Bytes = f.Size
	}
	s.clients.learn(d.peer.remote.Addr(), lesson{pace: d.Pace, answers: d.Measured(), whole: d.segmented && !d.segments})
	if d.outcome != Probed || !s.pins.keep(&d.req, d.src) {
		s.sources.drop(d.src)
	}
}

// apply does what the state machine ordered and sets the timer.
func (d *download) apply(o proto.Order, now instant) {
	l := d.lane
	if !d.reads && d.Reads() {
		d.reads = true
		l.server.readsAt(&d.transfer)
	}
	switch {
	case o.Over != 0:
		l.end(&d.transfer, o.Over, "", now)
		return
	case o.OACK:
		l.out.packet(d.port, d.peer, d.ifi, d.grant.OACK)
	case o.Blocks():
		if err := d.src.failed(); err != nil {
			d.unreadable(err, now)
			return
		}
		if o.Again && d.segmented && l.server.gsoAuto {
			d.segments = false // it may be the segments that got lost
		}
		d.send(o.First, o.Last)
	}
	d.prove(d.Proved())
	if d.Holding() && !d.listed {
		d.listed = true
		l.paced = append(l.paced, d)
	}
	l.wheel.set(&d.transfer, d.Deadline())
}

// unreadable ends a transfer whose content can no longer be had.
func (d *download) unreadable(err error, now instant) {
	d.lane.out.packet(d.port, d.peer, d.ifi, proto.ErrorPacket(CodeUndefined, "File changed or cannot be read"))
	d.lane.end(&d.transfer, Unreadable, err.Error(), now)
}
