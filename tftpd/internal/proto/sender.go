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
	budget
	pauses
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

// SenderSettings are what a download begins with.
type SenderSettings struct {
	Size        int64 // of the content
	Grant       Grant
	Timer       TimerLimits
	Pace        Pace    // what was learnt of the client before
	MaxWindow   int     // upper limit for windows a client asks later (msftwindow)
	Silence     int64   // nanoseconds without a sign of life until it is over
	TailSilence int64   // the same when nothing but the last block is outstanding
	Asked       int64   // bytes of the request
	KnownPort   bool    // others know the port that the client answers to: an answer does not prove that it reads
	Pauses      []int64 // then: how long the first windows wait, Pauses of them up to MaxPause; none for an address that is known
}

// NewSender prepares a download.
func NewSender(c SenderSettings) Sender {
	s := Sender{
		timing: newTiming(c.Timer), size: c.Size, block: int64(c.Grant.Block), window: int64(c.Grant.Window), maxWindow: int64(c.MaxWindow),
		oacked: c.Grant.OACK != nil, dirty: -1, silence: c.Silence, tailSilence: c.TailSilence,
		restarted: -1 << 62, nacked: -1, // never
	}
	s.Pace = c.Pace
	s.asked, s.known = c.Asked, c.KnownPort
	s.requested()
	s.pauses.left = c.Pauses
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

// Reads says that the client has acknowledged what it could not if it did not read what it is sent.
func (s *Sender) Reads() bool { return s.acked > 0 && !s.blind() }

// Timeout is what the timer waits for an answer now, in nanoseconds.
func (s *Sender) Timeout() int64 { return s.timeout() }

// Retransmits counts what was sent again.
func (s *Sender) Retransmits() int64 { return s.retransmits }

// Transferred is what the client is known to have, in bytes.
func (s *Sender) Transferred() int64 { return min(max(s.acked, 0)*s.block, s.size) }
