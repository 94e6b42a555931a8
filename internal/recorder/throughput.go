// SPDX-License-Identifier: Apache-2.0

package recorder

import (
	"sync"
	"time"

	"github.com/bootlace-net/bootlace/boot"
)

// minutesOfADay is how many minutes are kept: 80 bytes each.
const minutesOfADay = 24 * 60

// Minute is what was sent to machines in one minute. Bytes are spread evenly over the time that their transfer took, and are there once
// it has ended.
type Minute struct {
	At          time.Time // when it begins
	TFTP, HTTP  int64     // bytes
	Files       int       // that ended in it
	Failed      int       // of those, how many did not end well
	Retransmits int64     // datagrams of TFTP
}

// day is the last one, minute by minute.
type day struct {
	mu   sync.Mutex
	ring [minutesOfADay]Minute
}

// minute gives the one of a time; nil if it was before the last day. The lock is held.
func (d *day) minute(at time.Time) *Minute {
	at = at.Truncate(time.Minute)
	m := &d.ring[uint64(at.Unix()/60)%minutesOfADay] //nolint:gosec // before 1970 nothing was sent
	switch {
	case at.Before(m.At):
		return nil
	case at.After(m.At):
		*m = Minute{At: at}
	}
	return m
}

// add takes a transfer.
func (d *day) add(t *boot.Transfer, end time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if m := d.minute(end); m != nil {
		m.Files++
		m.Retransmits += t.Retransmits
		if !t.Good {
			m.Failed++
		}
	}
	took := min(max(t.Duration, 1), minutesOfADay*time.Minute)
	left := t.Bytes
	for at := end.Add(-took); !at.After(end) && left > 0; {
		until := at.Truncate(time.Minute).Add(time.Minute)
		part := left
		if until.Before(end) {
			part = min(left, int64(float64(t.Bytes)*float64(until.Sub(at))/float64(took)))
		}
		d.sent(t.Protocol, at, part)
		left, at = left-part, until
	}
}

func (d *day) sent(p boot.Protocol, at time.Time, n int64) {
	m := d.minute(at)
	switch {
	case m == nil:
	case p == boot.TFTP:
		m.TFTP += n
	default:
		m.HTTP += n
	}
}

// Throughput gives the minutes of the last day in which something was sent, the oldest first.
func (r *Recorder) Throughput() []Minute {
	d := &r.day
	d.mu.Lock()
	defer d.mu.Unlock()
	now := r.now().Truncate(time.Minute)
	out := []Minute{}
	for at := now.Add(-(minutesOfADay - 1) * time.Minute); !at.After(now); at = at.Add(time.Minute) {
		if m := d.ring[uint64(at.Unix()/60)%minutesOfADay]; m.At.Equal(at) { //nolint:gosec // as above
			out = append(out, m)
		}
	}
	return out
}

// took counts what an event says that a machine was sent.
func (d *day) took(e *boot.Event) {
	t := e.Transfer
	if e.Kind != boot.EventFile || t == nil {
		return
	}
	end := e.Time
	if t.Protocol != boot.TFTP { // its event has the time of the request
		end = end.Add(t.Duration)
	}
	d.add(t, end)
}
