// SPDX-License-Identifier: Apache-2.0

package tftpd

// Pacing limits, in nanoseconds.
const (
	firstGap = 200_000
	maxGap   = 5_000_000
)

// pace learns from where windows end. A client with few receive buffers (U-Boot has four) takes about the same small part of
// each window and loses the rest. Four windows in a row cut short at about the same place are no accident: at 1 % loss and
// windows of 16 it happens once in 60,000 windows. Later windows then leave in bursts of what the client took, with a gap
// that grows while it does not help.
func (s *sender) pace(taken int64, full bool) {
	if s.window < 2 || s.acked < 0 {
		return
	}
	if full {
		s.truncated = 0
		return
	}
	if d := taken - s.taken; s.truncated > 0 && (d < -2 || d > 2) {
		s.truncated = 0
	}
	s.taken = taken
	if s.truncated++; s.truncated < 4 {
		return
	}
	s.truncated = 0
	if s.burst == 0 {
		s.burst, s.gap = max(taken, 1), firstGap
		return
	}
	s.burst = max(min(s.burst, taken), 1)
	s.gap = min(2*s.gap, maxGap)
}
