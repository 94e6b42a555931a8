// SPDX-License-Identifier: Apache-2.0

package proto

// Ack handles ACK n; wish is the window a Windows boot manager wants next, 0 for none.
func (s *Sender) Ack(n uint16, wish int64, now Instant) Order {
	d := int64(n - uint16(s.acked))
	switch {
	case d > s.peak-s.acked: // older than what we know, or never sent
		s.early = s.early || d <= s.goal-s.acked
		return nothing()
	case d == 0:
		return s.same(now)
	}
	full := s.acked+d >= s.goal
	s.timed(s.acked+d, full, now)
	s.heard, s.proved, s.tries = now, true, 0
	s.acknowledged()
	if s.acked >= 0 && s.acked+d > s.dirty {
		s.followed(now - s.leftAt)
	}
	if full && s.acked >= 0 {
		s.confirmed = min(s.confirmed+1, confirming)
	}
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
	s.acknowledged()
	if s.window == 1 && s.acked > 0 && s.acked == s.dirty && !s.late(now-s.sentAt) {
		s.needless() // both copies of the block before arrived
	}
	first := s.window > 1 && s.nacked != s.acked && s.roundTrip(now-s.sentAt)
	if first || s.late(now-s.sentAt) {
		s.restarted, s.nacked = now, s.acked
		return s.next(now)
	}
	return nothing()
}

// Failed says how the transfer ends when the client sends an ERROR: some end like that what is no failure.
func (s *Sender) Failed(code Code) Outcome {
	switch {
	case s.acked <= 0 && s.oacked && (code == CodeUndefined || code == CodeOptions):
		return Probed // EDK2 says 8, iPXE, GRUB and PXELINUX 0
	case s.peak == s.last && code == CodeUndefined:
		return Unconfirmed // closes instead of acknowledging the last block
	default:
		return Aborted
	}
}
