// SPDX-License-Identifier: Apache-2.0

package proto

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

// maxOrder bounds the blocks of one order, so that a huge window does not keep a lane from its other transfers.
const maxOrder = 128

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
	if p := s.pause(); p > 0 {
		return s.wait(now, p)
	}
	return s.part(now, s.window)
}

// part sends the first n blocks of the window.
func (s *Sender) part(now Instant, n int64) Order {
	s.sent = s.acked
	s.goal = min(s.acked+n, s.last)
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
	s.sending((o.Last - o.First + 1) * (s.block + headerSize))
	s.peak = max(s.peak, s.sent)
	if s.sent < s.goal { // the timer counts from the last burst
		s.deadline = now + s.timeout()
	}
	return o
}

// Resume goes on with an order that had to wait for its content. The time that took is not the client's.
func (s *Sender) Resume(held Order, now Instant) Order {
	s.heard = max(s.heard, now-s.silence/2)
	return s.reply(now, held)
}
