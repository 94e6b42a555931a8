// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"time"

	"github.com/bootlace-net/bootlace/internal/udp"
)

// waitTime is how long to wait for datagrams.
func (l *lane) waitTime(now instant) time.Duration {
	if l.commands.waiting() || l.poll.spinning(now) {
		return 0
	}
	next, ok := l.wheel.next()
	for _, d := range l.paced {
		if d.stalled() {
			continue
		}
		if !ok || d.PaceAt() < next {
			next, ok = d.PaceAt(), true
		}
	}
	if !ok {
		return udp.Forever
	}
	return time.Duration(max(next-now, 0))
}

// timers handles what has come up.
func (l *lane) timers(now instant) {
	for i := 0; i < len(l.paced); {
		d := l.paced[i]
		switch {
		case d.over.Load() || !d.Holding():
			d.listed = false
			l.paced[i] = l.paced[len(l.paced)-1]
			l.paced = l.paced[:len(l.paced)-1]
		case d.PaceAt() <= now && !d.stalled():
			d.apply(d.Expire(now), now)
			i++
		default:
			i++
		}
	}
	l.due = l.wheel.advance(now, l.due[:0])
	for _, t := range l.due {
		l.expired(t, now)
	}
}

func (l *lane) expired(t *transfer, now instant) {
	switch {
	case !t.over.Load():
		t.session.expire(now)
	case now < t.rest:
		l.wheel.set(t, t.rest)
	case t.port.table[t.peer] == t:
		delete(t.port.table, t.peer)
		l.give(t.port)
	}
}
