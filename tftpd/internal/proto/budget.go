// SPDX-License-Identifier: Apache-2.0

package proto

// How many bytes of DATA a client may be granted at once whose address has never proved to be its own: by a port of ours that has to
// be guessed, and by one that everybody knows.
const (
	FirstWindow      = 9_000
	KnownFirstWindow = 1 // a block
)

// What may be sent to a client that says nothing. Whoever sends one packet with a forged address must not make us send many there.
const (
	silentBytes  = 15_500 // the window and all repeats, for a client that has acknowledged a few blocks or none
	probesAtMost = 3      // after a window larger than that
	// confirming is how many whole windows must have been acknowledged before one may be repeated whole. Who does that by a port
	// of ours that cannot be guessed reads what it is sent.
	confirming = 2
)

// The worst case without options is an RRQ of ten bytes that is answered by three times 516: as much may be sent for each byte that
// came, where our port is no secret. An ACK of four bytes pays for a block and a fifth of a repeat; a larger block that was agreed is
// paid for by its ACK as well.
const (
	creditPerByte = 155
	repeatsPerAck = 5 // one for so many
)

// budget bounds what is sent without a sign that somebody reads it.
type budget struct {
	asked     int64 // bytes of the request
	known     bool  // our port can be guessed: nothing the client sends proves anything
	credit    int64 // bytes that may be sent if known
	spent     int64 // bytes since the client last spoke
	probes    int   // blocks repeated alone since then
	confirmed int   // whole windows acknowledged, up to confirming
}

// spoke notes that the client said something that earns so many bytes.
func (b *budget) spoke(credit int64) {
	b.credit += credit
	b.spent, b.probes = 0, 0
}

// requested notes a request. One with options is answered by less than it is long, so it pays for a repeat of one block at most.
func (s *Sender) requested() {
	if s.oacked {
		s.spoke(s.block + headerSize)
		return
	}
	s.spoke(s.asked * creditPerByte)
}

// acknowledged notes an ACK.
func (s *Sender) acknowledged() {
	size := s.block + headerSize
	s.spoke(max(headerSize*creditPerByte, size+size/repeatsPerAck))
}

// sending notes that blocks are sent.
func (b *budget) sending(bytes int64) {
	b.credit -= bytes
	b.spent += bytes
}

// repeatable is how many of n blocks of a size a timer may repeat now.
func (s *Sender) repeatable(n int64) int64 {
	size := s.block + headerSize
	if s.blind() {
		return min(n, max(s.credit, 0)/size)
	}
	limit := int64(silentBytes)
	if s.confirmed >= confirming {
		limit += 2 * s.window * size
	}
	if fit := (limit - s.spent) / size; fit > 0 {
		return min(n, fit)
	}
	if s.probes < probesAtMost && s.spent <= s.window*size+probesAtMost*size {
		return min(n, 1)
	}
	return 0
}

// blind says that all that came may be forged.
func (s *Sender) blind() bool { return s.known && !s.pauses.proved }
