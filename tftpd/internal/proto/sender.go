// SPDX-License-Identifier: Apache-2.0

package proto

// Sender is the server's side of a download: events in, orders out.
//
//	              ACK 0                     ACK n: window n+1..            ACK of the last block
//	OACK sent ----------------> data flows ------------------> data flows ----------------------> over
//	    |   \__ timer: twice     |   \__ timer: tail, window, single probes           ERROR, silence -> over
//	    |                        |   \__ same ACK again, a round trip later: the window's first block was lost
//	first DATA (no options) -----/
//
// Blocks are counted from 1 without wrapping; the OACK is block 0 and acked is -1 until it is acknowledged.
type Sender struct {
	timing
	pacing
	size, block int64
	last        int64 // number of the last block, which is short and may be empty
	acked, sent int64 // highest acknowledged; highest sent since the last restart
	peak        int64 // highest ever sent: what is below has been sent before
	dirty       int64 // the highest that was sent more than once: its ACK tells no round trip (Karn)
	goal        int64 // the window's end: sent < goal while pacing holds some back
	window      int64
	maxWindow   int64 // upper limit for windows a client asks later (msftwindow)

	deadline  Instant // when to call Expire
	paceAt    Instant // when the next burst of a window may leave
	heard     Instant // last sign of life
	sentAt    Instant // when the window began to leave, or was last repeated
	leftAt    Instant // when the latest burst of it left
	restarted Instant // when a gap last restarted a window
	nacked    int64   // and after which block

	tries       int
	repeats     int // first replies beyond the first
	retransmits int64
	oacked      bool // begins with an OACK
	proved      bool // the client has sent a valid ACK: its address is real

	silence     int64 // nanoseconds without a sign of life until it is over
	tailSilence int64 // the same when nothing but the last block is outstanding
}

// Order says what to send after an event: the OACK, blocks First..Last, or nothing, for Over says that and how it ended.
type Order struct {
	OACK        bool
	First, Last int64
	Again       bool // a retransmission
	Over        Outcome
}

// nothing is the order to wait.
func nothing() Order { return Order{Last: -1} }

// Blocks says that there are blocks to send.
func (o Order) Blocks() bool { return o.Last >= o.First && o.Last > 0 }

const maxRepeats = 2 // unasked repeats before a client has proved itself: bounds what a forged address can be sent

// maxOrder bounds the blocks of one order, so that a huge window does not keep a lane from its other transfers.
const maxOrder = 128

// SenderSettings are what a download begins with.
type SenderSettings struct {
	Size        int64 // of the content
	Grant       Grant
	Timer       TimerLimits
	Pace        Pace  // what was learnt of the client before
	MaxWindow   int   // upper limit for windows a client asks later (msftwindow)
	Silence     int64 // nanoseconds without a sign of life until it is over
	TailSilence int64 // the same when nothing but the last block is outstanding
}

// NewSender prepares a download.
func NewSender(c SenderSettings) Sender {
	s := Sender{
		timing: newTiming(c.Timer), size: c.Size, block: int64(c.Grant.Block), window: int64(c.Grant.Window), maxWindow: int64(c.MaxWindow),
		oacked: c.Grant.OACK != nil, dirty: -1, silence: c.Silence, tailSilence: c.TailSilence,
		restarted: -1 << 62, nacked: -1, // never
	}
	s.Pace = c.Pace
	s.last = s.size/s.block + 1
	if s.oacked {
		s.acked = -1
	}
	return s
}

// Last is the number of the last block.
func (s *Sender) Last() int64 { return s.last }

// Place is where block n lies in the content, and its size.
func (s *Sender) Place(n int64) (offset int64, size int) {
	offset = (n - 1) * s.block
	return offset, int(min(s.block, s.size-offset))
}

// Deadline is when to call Expire at the latest; a held part of a window leaves at PaceAt.
func (s *Sender) Deadline() Instant { return s.deadline }

// PaceAt is when the next burst of a window may leave, while Holding.
func (s *Sender) PaceAt() Instant { return s.paceAt }

// Holding says that a part of the window waits for PaceAt.
func (s *Sender) Holding() bool { return s.sent < s.goal }

// Proved says that the client has sent a valid ACK: its address is real.
func (s *Sender) Proved() bool { return s.proved }

// Timeout is what the timer waits for an answer now, in nanoseconds.
func (s *Sender) Timeout() int64 { return s.timeout() }

// Retransmits counts what was sent again.
func (s *Sender) Retransmits() int64 { return s.retransmits }

// Transferred is what the client is known to have, in bytes.
func (s *Sender) Transferred() int64 { return min(max(s.acked, 0)*s.block, s.size) }

// Start sends the first reply.
func (s *Sender) Start(now Instant) Order {
	s.heard = now
	if s.oacked {
		return s.reply(now, Order{OACK: true, Last: -1})
	}
	return s.next(now)
}

// reply notes that something was sent and sets the timer.
func (s *Sender) reply(now Instant, o Order) Order {
	s.sentAt, s.leftAt = now, now
	s.deadline = now + s.timeout()
	return o
}

// next sends the window after acked.
func (s *Sender) next(now Instant) Order {
	s.sent = s.acked
	s.goal = min(s.acked+s.window, s.last)
	return s.reply(now, s.more(now))
}

// more sends as much of the window as pacing allows at once.
func (s *Sender) more(now Instant) Order {
	n := int64(maxOrder)
	s.paceAt, s.leftAt = now, now
	if s.Burst > 0 {
		n, s.paceAt = min(n, s.Burst), now+s.Gap
	}
	o := Order{First: s.sent + 1, Last: min(s.sent+n, s.goal)}
	if o.First <= s.peak {
		o.Again = true
		s.dirty = max(s.dirty, min(o.Last, s.peak))
		s.retransmits += min(o.Last, s.peak) - o.First + 1
	}
	s.sent = o.Last
	s.peak = max(s.peak, s.sent)
	if s.sent < s.goal { // the timer counts from the last burst
		s.deadline = now + s.timeout()
	}
	return o
}

// Ack handles ACK n; wish is the window a Windows boot manager wants next, 0 for none.
func (s *Sender) Ack(n uint16, wish int64, now Instant) Order {
	d := int64(n - uint16(s.acked))
	switch {
	case d > s.peak-s.acked:
		return nothing() // older than what we know, or never sent
	case d == 0:
		return s.same(now)
	}
	full := s.acked+d >= s.goal
	s.timed(s.acked+d, full, now)
	s.heard, s.proved, s.tries = now, true, 0
	if wish > 0 {
		s.window = min(wish, s.maxWindow)
	}
	if s.window > 1 && s.acked >= 0 {
		s.learn(d, full)
	}
	s.acked += d
	if s.acked == s.last {
		return Order{Last: -1, Over: Complete}
	}
	if !full && !s.roundTrip(now-s.restarted) {
		return nothing() // the window was restarted a moment ago: what is missing is on its way
	}
	if !full {
		s.restarted, s.nacked = now, s.acked
	}
	return s.next(now)
}

// timed learns from the time an ACK took. One for a block that was sent once shows that the timer is long enough; when it
// ends the window it is a round trip (an early one may come from the client's own timer). The first ACK after a repeated
// first reply tells nothing, but then nothing is known that the timer could have been too short for.
func (s *Sender) timed(n int64, full bool, now Instant) {
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
func (s *Sender) same(now Instant) Order {
	if s.acked < 0 {
		return nothing()
	}
	s.heard = now
	first := s.window > 1 && s.nacked != s.acked && s.roundTrip(now-s.sentAt)
	if first || s.late(now-s.sentAt) {
		s.restarted, s.nacked = now, s.acked
		return s.next(now)
	}
	return nothing()
}

// Expire handles a due timer.
func (s *Sender) Expire(now Instant) Order {
	if s.Holding() && now >= s.paceAt {
		return s.more(now)
	}
	if now < s.deadline {
		return nothing()
	}
	if over := s.givenUp(now); over != 0 {
		return Order{Last: -1, Over: over}
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
func (s *Sender) again(now Instant) Order {
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
func (s *Sender) probe(now Instant, n int64) Order {
	s.retransmits++
	s.dirty = max(s.dirty, n)
	return s.reply(now, Order{First: n, Last: n, Again: true})
}

// unproved repeats the first reply, at most twice; then it waits in silence for the client. PXELINUX opens a file with an
// OACK and may take its first block much later.
func (s *Sender) unproved(now Instant) Order {
	if s.repeats >= maxRepeats {
		s.deadline = s.heard + s.silence
		return nothing()
	}
	s.repeats++
	s.backoff++
	return s.first(now)
}

// first sends the first reply again.
func (s *Sender) first(now Instant) Order {
	if s.oacked {
		s.retransmits++
		s.dirty = 0
		return s.reply(now, Order{OACK: true, Last: -1, Again: true})
	}
	return s.next(now)
}

// Anew says that a client which repeats its request began anew: it has been silent for longer than a copy of a packet can be
// under way.
func (s *Sender) Anew(now Instant) bool {
	const copies = 250_000_000
	return s.proved && now-s.heard > copies
}

// Repeated handles the same request from the same port: the first reply again, unless the client has it already or it
// left a moment ago (Raspberry Pi sends requests twice within 9 ms). An OACK is never sent after ACK 0: GRUB starts over.
func (s *Sender) Repeated(now Instant) Order {
	const moment = 25_000_000
	if s.proved || now-s.sentAt < moment {
		return nothing()
	}
	return s.first(now)
}

// givenUp says whether and how the transfer is over for lack of an answer.
func (s *Sender) givenUp(now Instant) Outcome {
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

// Failed says how the transfer ends when the client sends an ERROR: some end like that what is no failure.
func (s *Sender) Failed(code Code) Outcome {
	switch {
	case s.acked <= 0 && s.oacked && (code == CodeUndefined || code == CodeOptions):
		return Probed // EDK2 says 8, iPXE, GRUB and PXELINUX 0
	case s.sent == s.last && code == CodeUndefined:
		return Unconfirmed // closes instead of acknowledging the last block
	default:
		return Aborted
	}
}

// Resume goes on with an order that had to wait for its content. The time that took is not the client's.
func (s *Sender) Resume(held Order, now Instant) Order {
	s.heard = max(s.heard, now-s.silence/2)
	return s.reply(now, held)
}
