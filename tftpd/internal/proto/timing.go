// SPDX-License-Identifier: Apache-2.0

package proto

// Instant is a point of a monotonic clock, in nanoseconds.
type Instant = int64

// TimerLimits bound a retransmission timer; all are nanoseconds.
type TimerLimits struct {
	Floor      int64 // never repeat sooner
	Ceiling    int64 // never wait longer
	Initial    int64 // before the first round trip is known
	Negotiated int64 // what the client asked for, 0: nothing. It lowers the others: then at the latest the client expects to be asked again
}

// timing is the retransmission timer of one transfer: RFC 6298 with other limits. Boot networks have round trips of a
// tenth of a millisecond, and most firmware waits in silence for the server to repeat, so the RFC's lower limit of one
// second would be the whole cost of a lost packet (RFC 1123 section 4.2.3.2 demands an adaptive timeout).
type timing struct {
	floor, ceiling, initial int64 // nanoseconds
	srtt, rttvar            int64
	fastest                 int64 // about the quickest answer; 0: none yet
	backoff                 uint8
	measured                bool
}

func newTiming(l TimerLimits) timing {
	if l.Negotiated > 0 {
		l.Ceiling = min(l.Ceiling, l.Negotiated)
		l.Floor, l.Initial = min(l.Floor, l.Ceiling), min(l.Initial, l.Ceiling)
	}
	return timing{floor: l.Floor, ceiling: l.Ceiling, initial: l.Initial}
}

// RTT is the smoothed round trip time in nanoseconds; 0 when it was never measured.
func (t *timing) RTT() int64 { return t.srtt }

// Measured is what the timer has come to without backoff; 0 when no round trip was measured.
func (t *timing) Measured() int64 {
	if !t.measured {
		return 0
	}
	return t.base()
}

// sample takes one round trip, RFC 6298 section 2, and ends the backoff. Karn: only of blocks sent once. One far beyond the
// timer counts in part: as a rule the answer was lost and the client's own timer repeated it, and if round trips did become
// that long, the next ones will say so too.
func (t *timing) sample(rtt int64) {
	t.answered(rtt)
	if !t.measured {
		t.measured, t.srtt, t.rttvar = true, rtt, rtt/2
		return
	}
	rtt = min(rtt, 2*t.base())
	diff := t.srtt - rtt
	if diff < 0 {
		diff = -diff
	}
	t.rttvar += (diff - t.rttvar) / 4
	t.srtt += (rtt - t.srtt) / 8
}

// base is the timeout without backoff.
func (t *timing) base() int64 {
	if !t.measured {
		return max(t.initial, t.floor)
	}
	return min(max(t.srtt+4*t.rttvar, t.floor), t.ceiling)
}

// timeout is what to wait for an answer now.
func (t *timing) timeout() int64 { return min(t.base()<<min(t.backoff, 16), t.ceiling) }

// late says that something sent this long ago cannot still be waiting for its first answer.
func (t *timing) late(age int64) bool { return age >= t.base() }

// roundTrip says that this is long enough for an answer to what was sent: what comes earlier answers something older. The
// average would not do: where much is lost it is made of waiting, and answers would be held for old.
func (t *timing) roundTrip(age int64) bool {
	if t.fastest == 0 {
		return age >= t.base()
	}
	return age >= t.fastest-t.fastest/4
}

// answered notes how long an answer took that may be early or late, and ends the backoff: it came in time.
func (t *timing) answered(age int64) {
	t.backoff = 0
	if t.fastest == 0 || age < t.fastest {
		t.fastest = max(age, 1)
		return
	}
	t.fastest += min(age-t.fastest, t.fastest) / 16 // ways do get longer
}
