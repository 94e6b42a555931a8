// SPDX-License-Identifier: Apache-2.0

package tftpd

// Pacing limits: nanoseconds between bursts, and numbers of windows.
const (
	firstGap = 200_000
	maxGap   = 5_000_000
	// cuts is how many windows in a row must end early at about the same place before it is taken for the client's limit. By
	// chance that happens once in ten million windows of 16 at 1 % loss, once in 100,000 at 3 %.
	cuts = 6
	// firstTrust is how many more windows must arrive whole than are cut (which counts as three) to pace less.
	firstTrust, cutWeighs = 32, 3
)

// pace learns from where windows end. A client with few receive buffers (U-Boot has four) takes about the same small part of
// each window and loses the rest. Later windows then leave in bursts of what the client took, with a gap that grows while it
// does not help. What was chance after all wears off: the gap shrinks as windows arrive whole, and each time that proves
// wrong it takes twice as many. Where the longest gap does not help, pacing is not the remedy and ends.
func (s *sender) pace(taken int64, full bool) {
	if s.window < 2 || s.acked < 0 {
		return
	}
	if full {
		s.cutShort = 0
		s.relax()
		return
	}
	s.whole = max(s.whole-cutWeighs, 0)
	if d := taken - s.taken; s.cutShort > 0 && (d < -2 || d > 2) {
		s.cutShort = 0
	}
	s.taken = taken
	if s.cutShort++; s.cutShort < cuts {
		return
	}
	s.cutShort, s.whole, s.trust = 0, 0, max(2*s.trust, firstTrust)
	switch {
	case s.burst == 0:
		s.burst, s.gap = max(taken, 1), firstGap
	case s.gap >= maxGap:
		s.burst, s.gap = 0, 0
	default:
		s.burst, s.gap = max(min(s.burst, taken), 1), min(2*s.gap, maxGap)
	}
}

// relax paces less after many whole windows.
func (s *sender) relax() {
	if s.burst == 0 {
		return
	}
	if s.whole++; s.whole < max(s.trust, firstTrust) {
		return
	}
	s.whole = 0
	if s.gap /= 2; s.gap < firstGap {
		s.burst, s.gap = 0, 0
	}
}
