// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"math"
	"time"
)

// moment is a time in nanoseconds after the responder's first packet, by the monotonic clock, and one more; 0 is never. There are
// many in a session, and in a flood there are many sessions.
type moment time.Duration

// age is how long ago another moment was; what never was is as old as can be.
func (now moment) age(at moment) time.Duration {
	if at == 0 {
		return math.MaxInt64
	}
	return time.Duration(now - at)
}

// moment is when a packet came. The lock is held.
func (r *Responder) moment(t time.Time) moment {
	if r.began.IsZero() {
		r.began = t
	}
	return moment(t.Sub(r.began) + 1)
}

// attempt is a transaction and when it was last heard of.
type attempt struct {
	at  moment
	xid uint32
}

// same reports whether a transaction is that attempt: a client's second try or a duplicate, not a new boot.
func (a *attempt) same(xid uint32, now moment) bool {
	return a.xid == xid && now.age(a.at) <= sessionAge
}
