// SPDX-License-Identifier: Apache-2.0

package tftpd

// Pacing limits, in nanoseconds.
const (
	firstGap = 200_000
	maxGap   = 5_000_000
)

// pace learns from where windows end. A client with few receive buffers (U-Boot has four) takes the same small part of each
// window and loses the rest: three windows in a row cut short are no accident (at 1 % loss and windows of 16 they happen
// once in 300), so that later windows leave in bursts of what it took, with a gap that grows while it does not help.
func (s *sender) pace(taken int64, full bool) {
	if s.window < 2 || s.acked < 0 {
		return
	}
	if full {
		s.truncated = 0
		return
	}
	if s.truncated == 0 || taken < s.shortest {
		s.shortest = taken
	}
	s.truncated++
	if s.truncated < 3 {
		return
	}
	s.truncated = 0
	if s.burst == 0 {
		s.burst, s.gap = max(s.shortest, 1), firstGap
		return
	}
	s.burst = max(min(s.burst, s.shortest), 1)
	s.gap = min(2*s.gap, maxGap)
}
