// SPDX-License-Identifier: Apache-2.0

package proto

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

// Pace is how a window leaves: Burst blocks at once (0: all), Gap nanoseconds between.
type Pace struct{ Burst, Gap int64 }

// pacing learns the pace of a client from where its windows end. A client with few receive buffers (U-Boot has four) takes
// about the same small part of each window and loses the rest. Later windows then leave in bursts of what the client took,
// with a gap that grows while it does not help. What was chance after all wears off: the gap shrinks as windows arrive whole,
// and each time that proves wrong it takes twice as many. Where the longest gap does not help, pacing is not the remedy and
// ends.
type pacing struct {
	Pace
	cutShort int   // windows in a row that ended early at about the same place
	taken    int64 // blocks accepted of the latest
	whole    int   // windows that arrived whole, against those cut short
	trust    int   // how many of these it takes to pace less
}

// learn notes a window of which the client took so many blocks.
func (p *pacing) learn(taken int64, full bool) {
	if full {
		p.cutShort = 0
		p.relax()
		return
	}
	p.whole = max(p.whole-cutWeighs, 0)
	if d := taken - p.taken; p.cutShort > 0 && (d < -2 || d > 2) {
		p.cutShort = 0
	}
	p.taken = taken
	if p.cutShort++; p.cutShort < cuts {
		return
	}
	p.cutShort, p.whole, p.trust = 0, 0, max(2*p.trust, firstTrust)
	switch {
	case p.Burst == 0:
		p.Burst, p.Gap = max(taken, 1), firstGap
	case p.Gap >= maxGap:
		p.Pace = Pace{}
	default:
		p.Burst, p.Gap = max(min(p.Burst, taken), 1), min(2*p.Gap, maxGap)
	}
}

// relax paces less after many whole windows.
func (p *pacing) relax() {
	if p.Burst == 0 {
		return
	}
	if p.whole++; p.whole < max(p.trust, firstTrust) {
		return
	}
	p.whole = 0
	if p.Gap /= 2; p.Gap < firstGap {
		p.Pace = Pace{}
	}
}
