// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"github.com/bootlace-net/bootlace/internal/udp"
	"github.com/bootlace-net/bootlace/tftpd/internal/proto"
)

// send queues DATA first..last, as segmented sends where that is allowed.
func (d *download) send(first, last int64) {
	d.held = proto.Order{Last: -1}
	perSend := 1
	if d.segments && last > first {
		perSend = min(udp.MaxSegments, udp.MaxSegmentedBytes/(d.grant.Block+4))
	}
	for n := first; n <= last; {
		var ok bool
		if n, ok = d.group(n, min(n+int64(perSend)-1, last)); !ok {
			d.stall(n, last)
			return
		}
	}
}

// group queues blocks first..last as one message and gives the next block to send; false when its content is missing.
func (d *download) group(first, last int64) (int64, bool) {
	o := &d.lane.out
	o.room(d.lane)
	start, n := len(o.parts), first
	ok := true
	for ; n <= last && ok; n++ {
		if n > first && (len(o.headers)+4 > cap(o.headers) || len(o.parts)+3 > cap(o.parts)) {
			break
		}
		if ok = d.block(n); !ok {
			break
		}
	}
	if n == first {
		return n, ok
	}
	m := o.message(d.port, d.peer, d.ifi)
	m.Bufs = o.parts[start:len(o.parts):len(o.parts)]
	if n-first > 1 {
		m.Segment = d.grant.Block + 4
		d.segmented = true
	}
	d.lane.stats.sent(n-first, (n-first)*int64(d.grant.Block))
	return n, ok
}

// block appends header and content of one block; false when the content is missing.
func (d *download) block(n int64) bool {
	o := &d.lane.out
	off, size := d.Place(n)
	if i := off >> chunkShift; i != d.entered {
		d.entered = i
		d.src.enter(i)
	}
	start := len(o.parts)
	parts, _, ok := d.src.slice(append(o.parts, o.header(n)), off, size)
	if !ok {
		o.parts = parts[:start]
		o.headers = o.headers[:len(o.headers)-4]
		return false
	}
	o.parts = parts
	return true
}

// stalled says that a part of the window waits for its content.
func (d *download) stalled() bool { return d.waiting || d.held.Blocks() }

// stall has the missing content of block n read and keeps n..last for later.
func (d *download) stall(n, last int64) {
	d.held = proto.Order{First: n, Last: last}
	off, size := d.Place(n)
	parts := d.lane.out.parts
	_, missing, ok := d.src.slice(parts[:len(parts):len(parts)], off, size)
	if ok { // it arrived this very moment
		missing = off >> chunkShift
	}
	d.waiting = d.src.cache.fetch(d.src, missing, d)
}

// arrived tells the lane that a chunk is there. Called by a worker.
func (d *download) arrived(err error) {
	d.lane.do(func(now instant) { d.chunkArrived(err, now) })
}

// chunkArrived goes on with what was held.
func (d *download) chunkArrived(err error, now instant) {
	d.waiting = false
	switch {
	case d.over.Load():
	case err != nil:
		d.unreadable(err, now)
	default:
		d.resume(now)
	}
}

// resume sends what was held.
func (d *download) resume(now instant) {
	if d.stalled() {
		d.apply(d.Resume(d.held, now), now)
	}
}
