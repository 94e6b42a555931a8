// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"encoding/binary"

	"github.com/bootlace-net/bootlace/internal/udp"
)

// Room in an outbox: it is flushed when any of these is used up.
const (
	outHeaders = 1024
	outParts   = 3 * outHeaders // a header and at most two pieces of content per block, plus their like
)

// outbox gathers what a round of the lane sends. Everything is preallocated; parts point at headers here and at content.
type outbox struct {
	msgs    []udp.Outgoing
	parts   [][]byte
	headers []byte
}

func newOutbox() outbox {
	return outbox{
		msgs:    make([]udp.Outgoing, 0, udp.MaxBatch),
		parts:   make([][]byte, 0, outParts+udp.MaxBatch),
		headers: make([]byte, 0, 4*outHeaders),
	}
}

// flush sends what is gathered.
func (l *lane) flush() {
	if len(l.out.msgs) == 0 {
		return
	}
	l.stats.publish()
	n, err := l.conn.Send(l.out.msgs)
	if err != nil {
		failed := int64(len(l.out.msgs) - n)
		l.stats.sendErrors.Add(failed)
		l.server.sendFailed(failed, err)
	}
	l.out.msgs, l.out.parts, l.out.headers = l.out.msgs[:0], l.out.parts[:0], l.out.headers[:0]
}

// room makes sure that another block and another message fit.
func (o *outbox) room(l *lane) {
	if len(o.msgs) == cap(o.msgs) || len(o.headers)+4 > cap(o.headers) || len(o.parts)+8 > cap(o.parts) {
		l.flush()
	}
}

// message begins a datagram to p.
func (o *outbox) message(p peer, ifi int) *udp.Outgoing {
	o.msgs = append(o.msgs, udp.Outgoing{Remote: p.remote, Local: p.local, Interface: outInterface(p, ifi)})
	return &o.msgs[len(o.msgs)-1]
}

// outInterface chooses the interface only where an address means nothing without it; otherwise the routes decide, which may
// well be another way than the request came.
func outInterface(p peer, ifi int) int {
	if p.remote.Addr().IsLinkLocalUnicast() {
		return ifi
	}
	return 0
}

// packet queues a whole packet.
func (o *outbox) packet(l *lane, p peer, ifi int, b []byte) {
	o.room(l)
	o.parts = append(o.parts, b)
	o.message(p, ifi).Bufs = o.parts[len(o.parts)-1:]
}

// header appends a DATA header.
func (o *outbox) header(block int64) []byte {
	n := len(o.headers)
	o.headers = binary.BigEndian.AppendUint32(o.headers, opDATA<<16|uint32(uint16(block)))
	return o.headers[n : n+4 : n+4]
}

// carry does what the state machine ordered and sets the timer.
func (l *lane) carry(t *transfer, o order, now instant) {
	switch {
	case o.over != 0:
		l.end(t, o.over, "", now)
		return
	case o.oack:
		l.out.packet(l, t.peer, t.ifi, t.grant.oack)
	case o.last >= o.first && o.last > 0:
		if err := t.src.failed(); err != nil {
			l.unreadable(t, err, now)
			return
		}
		if o.again && t.segmented && l.server.gsoAuto {
			t.segments = false // it may be the segments that got lost
		}
		l.blocks(t, o.first, o.last, now)
	}
	if t.proved && !t.known.Load() {
		t.known.Store(true)
	}
	if t.holding() && !t.listed {
		t.listed = true
		l.paced = append(l.paced, t)
	}
	l.wheel.set(t, t.deadline)
}

// stalled says that a part of the window waits for its content.
func (t *transfer) stalled() bool {
	return t.waiting || t.held.last >= t.held.first && t.held.last > 0
}

// blocks queues DATA first..last, as one segmented send where that is allowed.
func (l *lane) blocks(t *transfer, first, last int64, now instant) {
	t.held = order{last: -1}
	perSend := 1
	if t.segments && last > first {
		perSend = min(udp.MaxSegments, udp.MaxSegmentedBytes/int(t.block+4))
	}
	for n := first; n <= last; {
		var ok bool
		if n, ok = l.group(t, n, min(n+int64(perSend)-1, last)); !ok {
			l.stall(t, n, last)
			return
		}
	}
}

// group queues blocks first..last as one message and gives the next block to send; false when its content is missing.
func (l *lane) group(t *transfer, first, last int64) (int64, bool) {
	o := &l.out
	o.room(l)
	start, n := len(o.parts), first
	ok := true
	for ; n <= last && ok; n++ {
		if n > first && (len(o.headers)+4 > cap(o.headers) || len(o.parts)+3 > cap(o.parts)) {
			break
		}
		if ok = l.block(t, n); !ok {
			break
		}
	}
	if n == first {
		return n, ok
	}
	m := o.message(t.peer, t.ifi)
	m.Bufs = o.parts[start:len(o.parts):len(o.parts)]
	if n-first > 1 {
		m.Segment = int(t.block) + 4
		t.segmented = true
	}
	l.stats.sent(n-first, (n-first)*t.block)
	return n, ok
}

// block appends header and content of one block.
func (l *lane) block(t *transfer, n int64) bool {
	o := &l.out
	off := (n - 1) * t.block
	size := int(min(t.block, t.size-off))
	if i := off >> chunkShift; i != t.entered {
		t.entered = i
		t.src.enter(i)
	}
	start := len(o.parts)
	parts, _, ok := t.src.slice(append(o.parts, o.header(n)), off, size)
	if !ok {
		o.parts = parts[:start]
		o.headers = o.headers[:len(o.headers)-4]
		return false
	}
	o.parts = parts
	return true
}

// stall has the missing content of block n read and keeps n..last for later.
func (l *lane) stall(t *transfer, n, last int64) {
	t.held = order{first: n, last: last}
	off := (n - 1) * t.block
	_, missing, ok := t.src.slice(l.out.parts[:len(l.out.parts):len(l.out.parts)], off, int(min(t.block, t.size-off)))
	if ok { // it arrived this very moment
		missing = off >> chunkShift
	}
	t.waiting = t.src.cache.fetch(t.src, missing, t)
}

// arrived tells the lane that a chunk is there. Called by a worker.
func (t *transfer) arrived(err error) {
	t.lane.post(letter{kind: letterChunk, t: t, err: err})
}

// chunkArrived goes on with what was held.
func (l *lane) chunkArrived(t *transfer, err error, now instant) {
	t.waiting = false
	switch {
	case t.over.Load():
	case err != nil:
		l.unreadable(t, err, now)
	default:
		l.resume(t, now)
	}
}

// unreadable ends a transfer whose content can no longer be had.
func (l *lane) unreadable(t *transfer, err error, now instant) {
	l.out.packet(l, t.peer, t.ifi, errorPacket(CodeUndefined, "File changed or cannot be read"))
	l.end(t, Unreadable, err.Error(), now)
}

// resume sends what was held. The time the disk took is not the client's.
func (l *lane) resume(t *transfer, now instant) {
	if !t.stalled() {
		return
	}
	t.heard = max(t.heard, now-t.silence/2)
	l.carry(t, t.reply(now, t.held), now)
}
