// SPDX-License-Identifier: Apache-2.0

package proto

// Where the client's packets come to a port that everybody knows, an ACK proves nothing: whoever forges requests can forge the ACKs
// too, one every few milliseconds. But he cannot see when the blocks leave. So the first windows to an address that is not known yet
// wait for times that nobody can foretell: the ACKs of a client that reads follow each of them at about the same distance, forged
// ones come too early or at any.
const (
	Pauses   = 10         // windows that wait
	MaxPause = 16_000_000 // nanoseconds
	spread   = 2_000_000  // between the quickest answer and the slowest: by chance once in ten million times
)

// pauses are those of one transfer.
type pauses struct {
	left          []int64
	least, most   int64 // how long answers took
	early, proved bool
}

// pause is how long the next window waits.
func (p *pauses) pause() int64 {
	if len(p.left) == 0 {
		return 0
	}
	return max(p.left[0], 1)
}

// followed notes how long after the latest window, which left once, its ACK came.
func (p *pauses) followed(after int64) {
	if len(p.left) == 0 {
		return
	}
	if len(p.left) == Pauses {
		p.least, p.most = after, after
	}
	p.least, p.most = min(p.least, after), max(p.most, after)
	p.left = p.left[1:]
	p.proved = len(p.left) == 0 && !p.early && p.most-p.least <= spread
}

// wait holds the window back that has been prepared.
func (s *Sender) wait(now Instant, pause int64) Order {
	s.sent = s.acked
	s.goal = min(s.acked+s.window, s.last)
	s.reply(now+pause, nothing())
	s.paceAt = now + pause
	return nothing()
}
