// SPDX-License-Identifier: Apache-2.0

package proto

// Receiver is the server's side of an upload: events in, orders out. It knows no disk either.
//
//	         DATA 1            window complete: ACK            DATA shorter than a block
//	sent 0 ----------> data -----------------------> data --------------------------> storing ---> stored: last ACK
//	  \__ timer: twice    \__ gap: ACK of the block before, once; timer: the last ACK again
//
// sent 0 is the OACK, or ACK 0 without options.
type Receiver struct {
	timing
	block, window int64
	got           int64 // last block in order
	bytes         int64
	unacked       int64 // blocks since the last ACK
	deadline      Instant
	heard         Instant
	silence       int64
	tries         int
	repeats       int
	oacked        bool
	proved        bool
	gap           bool // this gap has been told
	ended         bool // the last block is here
	stored        bool // and is safe
}

// UploadOrder says what to do after an event.
type UploadOrder struct {
	Keep bool // the packet's payload is the next of the file
	Ack  bool // acknowledge block Got (0: the OACK, if there was one)
	Last bool // the payload was the last: store it all, then call Complete
	Over Outcome
}

// ReceiverSettings are what an upload begins with.
type ReceiverSettings struct {
	Grant   Grant
	Timer   TimerLimits
	Silence int64 // nanoseconds without a sign of life until it is over
}

// NewReceiver prepares an upload.
func NewReceiver(c ReceiverSettings) Receiver {
	return Receiver{
		timing: newTiming(c.Timer), silence: c.Silence, block: int64(c.Grant.Block), window: int64(c.Grant.Window), oacked: c.Grant.OACK != nil,
	}
}

// Got is the number of the last block in order; 0 is answered with the OACK if OACKed says so.
func (r *Receiver) Got() int64 { return r.got }

// OACKed says that the first reply is an OACK.
func (r *Receiver) OACKed() bool { return r.oacked }

// Bytes are those of the blocks in order.
func (r *Receiver) Bytes() int64 { return r.bytes }

// Deadline is when to call Expire.
func (r *Receiver) Deadline() Instant { return r.deadline }

// Proved says that the client has sent a block: its address is real.
func (r *Receiver) Proved() bool { return r.proved }

// Stored says that Complete was called.
func (r *Receiver) Stored() bool { return r.stored }

// Alive notes a sign of life that is nothing else.
func (r *Receiver) Alive(now Instant) { r.heard = now }

// Start sends the first reply.
func (r *Receiver) Start(now Instant) UploadOrder {
	r.heard = now
	return r.answer(now)
}

// answer acknowledges and sets the timer. The client has a timer of its own and sends again by itself: ours is slower, for
// clients that have not.
func (r *Receiver) answer(now Instant) UploadOrder {
	r.unacked = 0
	r.deadline = now + max(2*r.timeout(), 500_000_000)
	return UploadOrder{Ack: true}
}

// Data handles block n of size bytes.
func (r *Receiver) Data(n uint16, size int64, now Instant) UploadOrder {
	switch d := n - uint16(r.got); {
	case size > r.block || r.ended && !r.stored:
		return UploadOrder{} // not as agreed; or being stored: the answer comes
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
		return UploadOrder{Keep: true, Last: true}
	}
	if r.unacked < r.window {
		return UploadOrder{Keep: true}
	}
	o := r.answer(now)
	o.Keep = true
	return o
}

// missed tells a gap once (RFC 7440 section 4); what is older than got is a copy.
func (r *Receiver) missed(d uint16, now Instant) UploadOrder {
	if int64(d) > r.window || r.gap || r.ended {
		return UploadOrder{}
	}
	r.heard, r.gap = now, true
	return r.answer(now)
}

// Complete is called when everything is stored.
func (r *Receiver) Complete(now Instant) UploadOrder {
	r.stored = true
	o := r.answer(now)
	o.Over = Complete
	return o
}

// Repeated handles the request coming again.
func (r *Receiver) Repeated(now Instant) UploadOrder {
	if r.proved {
		return UploadOrder{}
	}
	return r.answer(now)
}

// Expire handles a due timer.
func (r *Receiver) Expire(now Instant) UploadOrder {
	switch {
	case now < r.deadline:
		return UploadOrder{}
	case r.ended: // being stored
		r.deadline = now + r.silence
		return UploadOrder{}
	case now-r.heard >= r.silence && r.proved:
		return UploadOrder{Over: TimedOut}
	case now-r.heard >= r.silence:
		return UploadOrder{Over: Unanswered}
	case !r.proved && r.repeats >= maxRepeats:
		r.deadline = r.heard + r.silence
		return UploadOrder{}
	}
	r.repeats++
	r.backoff = min(r.backoff+1, 16)
	return r.answer(now)
}
