// SPDX-License-Identifier: Apache-2.0

package tftpd

import "math/bits"

// The wheel's resolution and reach: 2^21 ns is about 2 ms, 1,024 of them about 2 s. What lies beyond comes by at the end of
// the reach and is put back. Moving a deadline further away costs nothing: a transfer that comes up too early is put back,
// so the way of a block touches the wheel only when a deadline comes nearer.
const (
	tickShift  = 21
	wheelSlots = 1024
)

// wheel holds the timers of a lane.
type wheel struct {
	slots [wheelSlots]*transfer
	used  [wheelSlots / 64]uint64
	tick  int64 // last one processed
	count int
}

// set makes t come up at or soon after at, if it would not come up earlier anyway.
func (w *wheel) set(t *transfer, at instant) {
	tick := min(max(at>>tickShift+1, w.tick+1), w.tick+wheelSlots-1)
	if t.slot >= 0 {
		if t.due <= tick<<tickShift {
			return
		}
		w.remove(t)
	}
	i := int(tick & (wheelSlots - 1))
	t.slot, t.due = i, tick<<tickShift
	t.prev, t.after = nil, w.slots[i]
	if t.after != nil {
		t.after.prev = t
	}
	w.slots[i] = t
	w.used[i/64] |= 1 << (i % 64)
	w.count++
}

// remove takes t out.
func (w *wheel) remove(t *transfer) {
	if t.slot < 0 {
		return
	}
	if t.prev != nil {
		t.prev.after = t.after
	} else {
		w.slots[t.slot] = t.after
		if t.after == nil {
			w.used[t.slot/64] &^= 1 << (t.slot % 64)
		}
	}
	if t.after != nil {
		t.after.prev = t.prev
	}
	t.prev, t.after, t.slot = nil, nil, -1
	w.count--
}

// next is when the earliest timer comes up; false when there is none.
func (w *wheel) next() (instant, bool) {
	if w.count == 0 {
		return 0, false
	}
	start := int((w.tick + 1) & (wheelSlots - 1))
	for i := 0; i <= len(w.used); i++ {
		word := (start/64 + i) % len(w.used)
		u := w.used[word]
		if i == 0 {
			u &= ^uint64(0) << (start % 64)
		}
		if u != 0 {
			slot := word*64 + bits.TrailingZeros64(u)
			return (w.tick + 1 + int64((slot-start)&(wheelSlots-1))) << tickShift, true
		}
	}
	return 0, false
}

// advance takes out everything that has come up by now and appends it to due.
func (w *wheel) advance(now instant, due []*transfer) []*transfer {
	to := now >> tickShift
	if w.count == 0 || to-w.tick > wheelSlots {
		w.tick = max(w.tick, to-wheelSlots)
	}
	for w.tick < to {
		w.tick++
		for t := w.slots[w.tick&(wheelSlots-1)]; t != nil; t = w.slots[w.tick&(wheelSlots-1)] {
			w.remove(t)
			due = append(due, t)
		}
	}
	return due
}
