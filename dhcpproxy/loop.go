// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"cmp"
	"fmt"
	"time"

	"github.com/bootlace-net/bootlace/boot"
)

// Loop is a machine that boots again and again without getting anywhere. The zero value is one that does not.
type Loop struct {
	Returns int       // how often it came back
	Most    int       // how often it may (loop.returns)
	Ends    time.Time // when its boots are counted anew
}

// loop says how it stands with boots that were counted.
func (l *Limits) loop(b boot.Boots) (found Loop) {
	if l.Returns > 0 && b.Count > l.Returns {
		found = Loop{b.Count, l.Returns, b.Since.Add(l.Within)}
	}
	return found
}

// Looping says how often a machine came back, where that is too often by now.
func (l *Limits) Looping(h *boot.History, now time.Time) int {
	return l.loop(h.Most(now, l.Within)).Returns
}

// count counts a boot, and reports whether there are too many of them: on any way, for firmware that is turned away on one goes
// on with the next.
func (r *Responder) count(x *exchange, h *boot.History) bool {
	now := x.arrival.Time
	if x.fresh {
		h.Boots[boot.WayOf(&x.client, x.six)].Add(now, r.Limits.Within)
	}
	x.loop = r.Limits.loop(h.Most(now, r.Limits.Within))
	return x.loop.Returns > 0
}

// looping keeps to what the machine was offered last: what it gets is no experiment, and no success either.
func (x *exchange) looping(h *boot.History, usual boot.Strategy) {
	x.strategy, x.why = cmp.Or(h.Offered, usual), "it boots again and again"
}

// words say when a loop is over, and how to end it now, of a machine with this name.
func (l *Loop) words(v Verdict, did, name string) string {
	if v.Answered() && v != AnsweredLocal {
		did += " all the same (loop.then)"
	}
	return fmt.Sprintf("booted %d times without getting anywhere, more than loop.returns, %d: %s; its boots are counted anew from %s, or now by: bootlace machines release %s",
		l.Returns, l.Most, did, l.Ends.Format(time.DateTime), name)
}
