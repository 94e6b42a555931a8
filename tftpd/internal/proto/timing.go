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
	slack                   int64 // the least to wait, as answers come that late
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

// sample takes one round trip, RFC 6298 section 2, and ends the backoff. Karn: only of blocks sent once.
func (t *timing) sample(rtt int64) {
	foreign := t.foreign(rtt)
	t.answered(rtt)
	switch {
	case foreign:
	case !t.measured:
		t.measured, t.srtt, t.rttvar = true, rtt, rtt/2
	default:
		diff := t.srtt - rtt
		if diff < 0 {
			diff = -diff
		}
		t.rttvar += (diff - t.rttvar) / 4
		t.srtt += (rtt - t.srtt) / 8
	}
	t.slack -= t.slack / slackWears
}

// implausible is how many times the quickest answer a round trip can be. The first is taken as it is; if it was none, a quicker answer
// shows it, and measuring begins anew.
const implausible = 64

// foreign says that an answer came so late, while a repeat was put off, that it most likely is another one: the first was lost, and the
// client's own timer repeated it. If ways did become that long, the quickest answer will say so after a while.
func (t *timing) foreign(rtt int64) bool {
	if !t.measured {
		return t.fastest > 0 && rtt > implausible*t.fastest
	}
	return rtt >= t.base() && rtt > 8*t.fastest
}

// A repeat that was needless says that answers come later than the timer knows: it then waits longer for a while.
const (
	mostSlack  = 200_000_000 // nanoseconds
	slackWears = 512         // answers until about two thirds of it are gone
)

// needless notes that a repeat was answered twice.
func (t *timing) needless() { t.slack = min(max(2*t.base(), t.slack), mostSlack) }

// base is the timeout without backoff.
func (t *timing) base() int64 {
	if !t.measured {
		return max(t.initial, t.floor)
	}
	return min(max(t.srtt+4*t.rttvar, t.floor, t.slack), t.ceiling)
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
		if t.srtt > implausible*t.fastest {
			t.measured, t.srtt = false, 0
		}
		return
	}
	t.fastest += min(age-t.fastest, t.fastest) / 16 // ways do get longer
}
