// SPDX-License-Identifier: Apache-2.0

package machines

import "github.com/bootlace-net/bootlace/boot"

// shelf is one of the two kinds of events: steps, and lines of logs.
type shelf struct {
	most, each   int // of all machines together, and of one
	oldest, last *event
	count        int
}

// push makes an event the last one.
func (s *shelf) push(e *event) {
	if e.before = s.last; s.last != nil {
		s.last.after = e
	} else {
		s.oldest = e
	}
	s.last = e
	s.count++
}

// remove takes an event out.
func (s *shelf) remove(e *event) {
	if e.before != nil {
		e.before.after = e.after
	} else {
		s.oldest = e.after
	}
	if e.after != nil {
		e.after.before = e.before
	} else {
		s.last = e.before
	}
	e.before, e.after = nil, nil
	s.count--
}

// The shelves.
const (
	steps = iota
	lines
	shelfCount
)

func shelfOf(e *event) int {
	if e.kind == boot.EventLog {
		return lines
	}
	return steps
}
