// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"net/netip"
	"sync/atomic"
	"time"

	"github.com/bootlace-net/bootlace/tftpd/internal/proto"
)

// peer is who a transfer is with: the client's address and port and the address of ours it asked (which is left out on a
// socket bound to one address). Together with the lane's port these are the two transfer identifiers of RFC 1350 section 4.
type peer struct {
	remote netip.AddrPort
	local  netip.Addr
}

// session is one direction of a transfer: a [download] or an [upload]. All but finish is called by its lane.
type session interface {
	// start sends the first reply.
	start(now instant)
	// packet handles what the client sent: at least four bytes, no ERROR. It may come after the end, while the transfer's place in
	// the table is kept.
	packet(op uint16, b []byte, now instant)
	// repeated handles the request coming again while the transfer runs, unless the client has begun anew.
	repeated(now instant) (anew bool)
	// expire handles a timer that has come up, and sets the next one.
	expire(now instant)
	// failed says how the transfer ends when the client sends an ERROR.
	failed(code Code) Outcome
	// ended lets go of what only a running transfer needs, and says how long late packets may still come.
	ended() time.Duration
	// finish adds to the event what it knows, and lets go of the rest. The finisher calls it, last.
	finish(f *Finished)
}

// transfer is what downloads and uploads have in common. It belongs to its lane's goroutine from start to end; only over and
// known are read by others.
type transfer struct {
	session session
	peer    peer
	asked   peer // the same with the local address always filled: the key in the index
	ifi     int
	lane    *lane
	port    *port
	req     Request
	grant   proto.Grant
	class   Class
	began   time.Time
	print   uint64 // fingerprint of the request, to know it when it is repeated

	over       atomic.Bool
	known      atomic.Bool // the client has proved itself
	errorCount int
	outcome    Outcome
	code       Code   // of the ERROR sent
	detail     string // of the outcome: a client's or an internal error

	rest        instant // when an ended transfer leaves the table
	due         instant // when the wheel comes to it
	prev, after *transfer
	slot        int // of the wheel; -1: not in it
}

// begin takes in a transfer a worker has prepared.
func (l *lane) begin(t *transfer, now instant) {
	if err := l.enter(t.port); err != nil {
		l.end(t, Unreadable, err.Error(), now)
		l.give(t.port)
		return
	}
	if old := t.port.table[t.peer]; old != nil {
		l.end(old, Superseded, "", now)
		l.wheel.remove(old)
		l.give(t.port)
	}
	t.port.table[t.peer] = t
	t.session.start(now)
}

// repeat handles a request that came again. While the transfer is alive it is a late copy, unless the client began anew: then
// it is asked for as something new.
func (l *lane) repeat(t *transfer, request func(), now instant) {
	if t.over.Load() {
		request()
		return
	}
	if t.session.repeated(now) {
		l.end(t, Superseded, "", now)
		request()
	}
}

// prove notes that the client's address is real.
func (t *transfer) prove(proved bool) {
	if proved && !t.known.Load() {
		t.known.Store(true)
	}
}

// end takes a transfer out. Its place in the table stays for a while, so that late packets are not strangers.
func (l *lane) end(t *transfer, o Outcome, detail string, now instant) {
	if t.over.Swap(true) {
		return
	}
	t.outcome, t.detail = o, detail
	t.rest = now + int64(t.session.ended())
	l.server.finisher.later(func() { l.server.finish(t) })
	if t.port.table[t.peer] == t {
		l.wheel.remove(t)
		l.wheel.set(t, t.rest)
	}
}

// shut ends everything.
func (l *lane) shut(now instant) {
	l.obey(now)
	for _, p := range l.ports {
		if p == nil {
			continue
		}
		for _, t := range p.table {
			l.end(t, Stopped, "", now)
		}
	}
}
