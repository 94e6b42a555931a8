// SPDX-License-Identifier: Apache-2.0

package tftpd

// sender is the server's side of a read transfer: events in, orders out. It knows no socket and no clock.
//
//	              ACK 0                     ACK n: window n+1..            ACK of the last block
//	oack sent ----------------> data flows ------------------> data flows ----------------------> over
//	    |   \__ timer: twice     |   \__ timer: tail, window, single probes           ERROR, silence -> over
//	    |                        |   \__ same ACK again, a round trip later: the window's first block was lost
//	first DATA (no options) -----/
//
// Blocks are counted from 1 without wrapping; the OACK is block 0 and acked is -1 until it is acknowledged.
type sender struct {
	timing
	size, block int64
	last        int64 // number of the last block, which is short and may be empty
	acked, sent int64 // highest acknowledged; highest sent since the last restart
	peak        int64 // highest ever sent: what is below has been sent before
	dirty       int64 // the highest that was sent more than once: its ACK tells no round trip (Karn)
	goal        int64 // the window's end: sent < goal while pacing holds some back
	window      int64
	cap         int64 // upper limit for windows a client asks later (msftwindow)

	deadline  instant // when to call expire
	paceAt    instant // when the next burst of a window may leave
	heard     instant // last sign of life
	sentAt    instant // when the window began to leave, or was last repeated
	leftAt    instant // when the latest burst of it left
	restarted instant // when a gap last restarted a window
	nacked    int64   // and after which block

	burst, gap int64 // pacing: blocks at once (0: all), nanoseconds between
	cutShort   int   // windows in a row that ended early at about the same place
	taken      int64 // blocks accepted of the latest
	whole      int   // windows that arrived whole, against those cut short
	trust      int   // how many of these it takes to pace less

	tries       int
	repeats     int // first replies beyond the first
	retransmits int64
	oacked      bool // begins with an OACK
	proved      bool // the client has sent a valid ACK: its address is real

	silence     int64 // nanoseconds without a sign of life until it is over
	tailSilence int64 // the same when nothing but the last block is outstanding
}

// order says what to do after an event: send the OACK, send blocks first..last, or stop.
type order struct {
	oack        bool
	first, last int64
	again       bool // a retransmission
	over        Outcome
}

const maxRepeats = 2 // unasked repeats before a client has proved itself: bounds what a forged address can be sent

// maxOrder bounds the blocks of one order, so that a huge window does not keep a lane from its other transfers.
const maxOrder = 128

// begin prepares a transfer of size bytes.
func (s *sender) begin(size int64, g grant) {
	s.size, s.block, s.window = size, int64(g.block), int64(g.window)
	s.last = size/s.block + 1
	s.oacked, s.dirty = g.oack != nil, -1
	s.restarted, s.nacked = -1<<62, -1 // never
	if s.oacked {
		s.acked, s.sent, s.goal = -1, 0, 0
		s.peak = 0
	}
}

// start sends the first reply.
func (s *sender) start(now instant) order {
	s.heard = now
	if s.oacked {
		return s.reply(now, order{oack: true, last: -1})
	}
	return s.next(now)
}

// reply notes that something was sent and sets the timer.
func (s *sender) reply(now instant, o order) order {
	s.sentAt, s.leftAt = now, now
	s.deadline = now + s.timeout()
	return o
}

// next sends the window after acked.
func (s *sender) next(now instant) order {
	s.sent = s.acked
	s.goal = min(s.acked+s.window, s.last)
	return s.reply(now, s.more(now))
}

// more sends as much of the window as pacing allows at once.
func (s *sender) more(now instant) order {
	n := int64(maxOrder)
	s.paceAt, s.leftAt = now, now
	if s.burst > 0 {
		n, s.paceAt = min(n, s.burst), now+s.gap
	}
	o := order{first: s.sent + 1, last: min(s.sent+n, s.goal)}
	if o.first <= s.peak {
		o.again = true
		s.dirty = max(s.dirty, min(o.last, s.peak))
		s.retransmits += min(o.last, s.peak) - o.first + 1
	}
	s.sent = o.last
	s.peak = max(s.peak, s.sent)
	if s.sent < s.goal { // the timer counts from the last burst
		s.deadline = now + s.timeout()
	}
	return o
}

// holding says that a part of the window waits for paceAt.
func (s *sender) holding() bool { return s.sent < s.goal }

// ack handles ACK n; wish is the window a Windows boot manager wants next, 0 for none.
func (s *sender) ack(n uint16, wish int64, now instant) order {
	d := int64(n - uint16(s.acked))
	switch {
	case d > s.peak-s.acked:
		return order{last: -1} // older than what we know, or never sent
	case d == 0:
		return s.same(now)
	}
	full := s.acked+d >= s.goal
	s.timed(s.acked+d, full, now)
	s.heard, s.proved, s.tries = now, true, 0
	if wish > 0 {
		s.window = min(wish, s.cap)
	}
	s.pace(d, full)
	s.acked += d
	if s.acked == s.last {
		return order{last: -1, over: Complete}
	}
	if !full && !s.roundTrip(now-s.restarted) {
		return order{last: -1} // the window was restarted a moment ago: what is missing is on its way
	}
	if !full {
		s.restarted, s.nacked = now, s.acked
	}
	return s.next(now)
}

// timed learns from the time an ACK took. One for a block that was sent once shows that the timer is long enough; when it
// ends the window it is a round trip (an early one may come from the client's own timer). The first ACK after a repeated
// first reply tells nothing, but then nothing is known that the timer could have been too short for.
func (s *sender) timed(n int64, full bool, now instant) {
	switch {
	case n <= s.dirty && s.proved:
	case n > s.dirty && (full || !s.measured):
		s.sample(now - s.leftAt)
	case n > s.dirty:
		s.answered(now - s.leftAt)
	default:
		s.backoff = 0
	}
}

// same handles an ACK seen before. In lock-step it must never draw another DATA (Sorcerer's Apprentice, RFC 1123 section
// 4.2.3.1) unless our timer would have sent it by now. In a window it says that the first block was lost (RFC 7440): the
// window starts again, once per block number; EDK2 sends one such ACK for each stale block it sees.
func (s *sender) same(now instant) order {
	if s.acked < 0 {
		return order{last: -1}
	}
	s.heard = now
	first := s.window > 1 && s.nacked != s.acked && s.roundTrip(now-s.sentAt)
	if first || s.late(now-s.sentAt) {
		s.restarted, s.nacked = now, s.acked
		return s.next(now)
	}
	return order{last: -1}
}

// expire handles a due timer.
func (s *sender) expire(now instant) order {
	if s.holding() && now >= s.paceAt {
		return s.more(now)
	}
	if now < s.deadline {
		return order{last: -1}
	}
	if over := s.givenUp(now); over != 0 {
		return order{last: -1, over: over}
	}
	if !s.proved {
		return s.unproved(now)
	}
	s.tries++
	o := s.again(now)
	if s.tries > 8 && s.tries%4 == 1 {
		// Some clients repeat their ACK after a time without packets (U-Boot: 5 s), which our repeats must not keep short for ever.
		s.deadline = now + 3*s.timeout()
	}
	return o
}

// again chooses what a due timer sends. A window's last block makes a client that lost anything speak, unless it spoke
// already and that was lost: then nothing but the window helps, and waiting longer for it does not.
func (s *sender) again(now instant) order {
	if s.window > 1 && s.tries == 1 && s.sent > s.acked+1 {
		o := s.probe(now, s.sent)
		s.backoff = min(s.backoff+1, 16) // from the next one on
		return o
	}
	if s.window == 1 || s.tries != 2 {
		s.backoff = min(s.backoff+1, 16)
	}
	switch {
	case s.window == 1 || s.tries <= 4 || s.tries%4 == 0:
		return s.next(now)
	default:
		return s.probe(now, s.acked+1)
	}
}

// probe sends one block again.
func (s *sender) probe(now instant, n int64) order {
	s.retransmits++
	s.dirty = max(s.dirty, n)
	return s.reply(now, order{first: n, last: n, again: true})
}

// unproved repeats the first reply, at most twice; then it waits in silence for the client. PXELINUX opens a file with an
// OACK and may take its first block much later.
func (s *sender) unproved(now instant) order {
	if s.repeats >= maxRepeats {
		s.deadline = s.heard + s.silence
		return order{last: -1}
	}
	s.repeats++
	s.backoff++
	return s.first(now)
}

// first sends the first reply again.
func (s *sender) first(now instant) order {
	if s.oacked {
		s.retransmits++
		s.dirty = 0
		return s.reply(now, order{oack: true, last: -1, again: true})
	}
	return s.next(now)
}

// repeated handles the same request from the same port: the first reply again, unless the client has it already or it
// left a moment ago (Raspberry Pi sends requests twice within 9 ms). An OACK is never sent after ACK 0: GRUB starts over.
func (s *sender) repeated(now instant) order {
	const moment = 25_000_000
	if s.proved || now-s.sentAt < moment {
		return order{last: -1}
	}
	return s.first(now)
}

// givenUp says whether and how the transfer is over for lack of an answer.
func (s *sender) givenUp(now instant) Outcome {
	quiet := now - s.heard
	switch {
	case s.proved && s.acked == s.last-1 && quiet >= s.tailSilence && s.tries >= 5:
		return Unconfirmed
	case quiet < s.silence:
		return 0
	case !s.proved:
		return Unanswered
	case s.sent == s.last:
		return Unconfirmed
	default:
		return TimedOut
	}
}

// transferred is what the client is known to have, in bytes.
func (s *sender) transferred() int64 {
	return min(max(s.acked, 0)*s.block, s.size)
}
