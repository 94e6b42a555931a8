// SPDX-License-Identifier: Apache-2.0

package tftpd

// receiver is the server's side of an upload: events in, orders out. It knows no socket, no clock and no disk.
//
//	         DATA 1            window complete: ACK            DATA shorter than a block
//	sent 0 ----------> data -----------------------> data --------------------------> storing ---> stored: last ACK
//	  \__ timer: twice    \__ gap: ACK of the block before, once; timer: the last ACK again
//
// sent 0 is the OACK, or ACK 0 without options.
type receiver struct {
	timing
	block, window int64
	got           int64 // last block in order
	bytes         int64
	unacked       int64 // blocks since the last ACK
	deadline      instant
	heard         instant
	silence       int64
	tries         int
	repeats       int
	oacked        bool
	proved        bool
	gap           bool // this gap has been told
	ended         bool // the last block is here
	stored        bool // and is safe
}

// upOrder says what to do after an event.
type upOrder struct {
	keep bool // the packet's payload is the next of the file
	ack  bool // acknowledge block got (0: the OACK, if there was one)
	last bool // the payload was the last: store it all, then call complete
	over Outcome
}

func (r *receiver) begin(g grant, t timing, silence int64) {
	r.timing, r.silence = t, silence
	r.block, r.window, r.oacked = int64(g.block), int64(g.window), g.oack != nil
}

func (r *receiver) start(now instant) upOrder {
	r.heard = now
	return r.answer(now)
}

// answer acknowledges and sets the timer. The client has a timer of its own and sends again by itself: ours is slower, for
// clients that have not.
func (r *receiver) answer(now instant) upOrder {
	r.unacked = 0
	r.deadline = now + max(2*r.timeout(), 500_000_000)
	return upOrder{ack: true}
}

// data handles block n of size bytes.
func (r *receiver) data(n uint16, size int64, now instant) upOrder {
	switch d := n - uint16(r.got); {
	case size > r.block || r.ended && !r.stored:
		return upOrder{} // not as agreed; or being stored: the answer comes
	case d == 0 && (r.got > 0 || r.stored):
		r.heard = now
		return r.answer(now) // our ACK was lost
	case d != 1:
		return r.missed(d, now)
	}
	r.heard, r.proved, r.tries, r.backoff, r.gap = now, true, 0, 0, false
	r.got++
	r.unacked++
	r.bytes += size
	r.deadline = now + max(2*r.timeout(), 500_000_000)
	if size < r.block {
		r.ended = true
		return upOrder{keep: true, last: true}
	}
	if r.unacked < r.window {
		return upOrder{keep: true}
	}
	o := r.answer(now)
	o.keep = true
	return o
}

// missed tells a gap once (RFC 7440 section 4); what is older than got is a copy.
func (r *receiver) missed(d uint16, now instant) upOrder {
	if int64(d) > r.window || r.gap || r.ended {
		return upOrder{}
	}
	r.heard, r.gap = now, true
	return r.answer(now)
}

// complete is called when everything is stored.
func (r *receiver) complete(now instant) upOrder {
	r.stored = true
	o := r.answer(now)
	o.over = Complete
	return o
}

func (r *receiver) repeated(now instant) upOrder {
	if r.proved {
		return upOrder{}
	}
	return r.answer(now)
}

func (r *receiver) expire(now instant) upOrder {
	switch {
	case now < r.deadline:
		return upOrder{}
	case r.ended: // being stored
		r.deadline = now + r.silence
		return upOrder{}
	case now-r.heard >= r.silence && r.proved:
		return upOrder{over: TimedOut}
	case now-r.heard >= r.silence:
		return upOrder{over: Unanswered}
	case !r.proved && r.repeats >= maxRepeats:
		r.deadline = r.heard + r.silence
		return upOrder{}
	}
	r.repeats++
	r.backoff = min(r.backoff+1, 16)
	return r.answer(now)
}
