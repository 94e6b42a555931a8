// SPDX-License-Identifier: Apache-2.0

package tftpd

// busyPoll decides whether to spin for the next datagram instead of sleeping. A lock-step transfer on a fast network waits
// for one ACK at a time, and waking up costs more than the network: spinning for a few tens of microseconds hides that. It
// costs a core while such a transfer runs, and gives up where answers come later than the limit.
type busyPoll struct {
	limit  int64 // nanoseconds; 0: never
	until  instant
	misses int
	rest   int
}

const (
	pollMisses = 16  // spins without a datagram until it pauses
	pollRest   = 256 // datagrams to sit out then
)

// saw notes what a receive brought.
func (p *busyPoll) saw(n int, now instant) {
	switch {
	case p.limit == 0:
	case n == 0:
		if p.until != 0 && now >= p.until {
			p.until = 0
			if p.misses++; p.misses >= pollMisses {
				p.misses, p.rest = 0, pollRest
			}
		}
	case p.rest > 0:
		p.rest--
	default:
		if p.until != 0 {
			p.misses = 0
		}
		p.until = now + p.limit
	}
}

// spinning says not to sleep now.
func (p *busyPoll) spinning(now instant) bool { return now < p.until }
