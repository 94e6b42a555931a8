// SPDX-License-Identifier: Apache-2.0

package proto

const (
	maxRepeats = 2 // unasked repeats before a client has proved itself: bounds what a forged address can be sent
	tailTries  = 5 // repeats of the last block before it is taken for arrived
)

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

// again chooses what a due timer sends. A window's last block makes a client that lost anything speak, unless it spoke already and
// that was lost. Then the window is repeated, ever less of it, and at last single blocks: the first for clients that take nothing
// else, the last for those that answer only what is out of order.
func (s *Sender) again(now Instant) Order {
	soon := s.window > 1 && s.tries <= 2 // waiting longer for the window does not help
	if !soon {
		s.backoff = min(s.backoff+1, 16)
	}
	o := s.less(now, s.repeatable(s.shrunk()))
	if soon && s.tries == 1 {
		s.backoff = min(s.backoff+1, 16) // from the next one on
	}
	return o
}

// less repeats so many blocks of the window.
func (s *Sender) less(now Instant, n int64) Order {
	switch {
	case n == 0:
		return s.rest()
	case n > 1:
		return s.part(now, n)
	}
	s.probes++
	if s.window > 1 && s.peak > s.acked+1 && s.tries%2 == 1 {
		return s.probe(now, s.peak)
	}
	return s.probe(now, s.acked+1)
}

// rest waits for the client: it is its turn.
func (s *Sender) rest() Order {
	s.deadline = s.heard + s.silence
	if s.acked == s.last-1 {
		s.deadline, s.tries = s.heard+s.tail(), max(s.tries, tailTries)
	}
	return nothing()
}

// shrunk is how much of a window the timer repeats.
func (s *Sender) shrunk() int64 {
	n := s.tries - 1
	if s.confirmed >= confirming {
		n = s.tries - 2
	}
	if s.tries == 1 || n > 16 {
		return 1
	}
	return max(s.window>>n, 1)
}

// probe sends one block again.
func (s *Sender) probe(now Instant, n int64) Order {
	s.retransmits++
	s.sending(s.block + headerSize)
	s.dirty = max(s.dirty, n)
	return s.reply(now, Order{First: n, Last: n, Again: true})
}

// unproved repeats the first reply, at most twice; then it waits in silence for the client. PXELINUX opens a file with an
// OACK and may take its first block much later.
func (s *Sender) unproved(now Instant) Order {
	if s.repeats >= maxRepeats || s.blind() && !s.oacked && s.credit < s.block+headerSize {
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
	s.requested()
	return s.first(now)
}

// tail is how long to wait for the ACK of the last block. Where much is lost, so are what clients say meanwhile.
func (s *Sender) tail() int64 {
	if s.retransmits > s.last/8+2*tailTries {
		return s.silence
	}
	return s.tailSilence
}

// givenUp says whether and how the transfer is over for lack of an answer.
func (s *Sender) givenUp(now Instant) Outcome {
	quiet := now - s.heard
	switch {
	case s.proved && s.acked == s.last-1 && quiet >= s.tail() && s.tries >= tailTries:
		return Unconfirmed
	case quiet < s.silence:
		return 0
	case !s.proved:
		return Unanswered
	case s.peak == s.last:
		return Unconfirmed
	default:
		return TimedOut
	}
}
