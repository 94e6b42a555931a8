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
// came, where our port is no secret. An ACK of four bytes pays for a block and a fifth of a repeat.
const creditPerByte = 155

// budget bounds what is sent without a sign that somebody reads it.
type budget struct {
	asked     int64 // bytes of the request
	known     bool  // our port can be guessed: nothing the client sends proves anything
	credit    int64 // bytes that may be repeated to a client without options if known
	spent     int64 // bytes since the client last spoke
	probes    int   // blocks repeated alone since then
	confirmed int   // whole windows acknowledged, up to confirming
}

// received notes a packet of the client's.
func (b *budget) received(size int64) {
	b.credit += size * creditPerByte
	b.spent, b.probes = 0, 0
}

// sent notes that blocks were sent.
func (b *budget) sending(bytes int64) {
	b.credit -= bytes
	b.spent += bytes
}

// repeatable is how many of n blocks of a size a timer may repeat now.
func (s *Sender) repeatable(n int64) int64 {
	size := s.block + headerSize
	if s.known && !s.oacked {
		return min(n, max(s.credit, 0)/size)
	}
	limit := int64(silentBytes)
	most := probesAtMost
	switch {
	case s.known:
		limit, most = 0, probesAtMost-2
	case s.confirmed >= confirming:
		limit += 2 * s.window * size
	}
	if fit := (limit - s.spent) / size; fit > 0 {
		return min(n, fit)
	}
	if s.probes < most && s.spent <= s.window*size+int64(most)*size {
		return min(n, 1)
	}
	return 0
}
