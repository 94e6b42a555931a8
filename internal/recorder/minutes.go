// SPDX-License-Identifier: Apache-2.0

package recorder

import (
	"time"

	"github.com/bootlace-net/bootlace/boot"
)

// minutes counts the lines about each machine, of the last 32,768 to 65,536 that had any. It is two tables without a pointer in
// them: when the young one is full it becomes the old one, and what only that had is forgotten. The zero value is ready.
type minutes struct {
	began      time.Time
	young, old map[boot.MAC]minute
}

// minute is what was said about a machine lately.
type minute struct {
	since time.Duration // after the first line of all
	lines int32
}

// line counts a line about a machine, and tells how many were left out in the minute before.
func (m *minutes) line(about boot.MAC, now time.Time) (ok bool, omitted int) {
	if m.began.IsZero() {
		m.began = now
	}
	last, known := m.young[about]
	if !known {
		last, known = m.old[about]
	}
	at := now.Sub(m.began)
	if !known || at-last.since > time.Minute {
		omitted = max(0, int(last.lines)-linesPerMinute)
		last = minute{since: at}
	}
	last.lines++
	m.put(about, last)
	return last.lines <= linesPerMinute, omitted
}

func (m *minutes) put(about boot.MAC, last minute) {
	if _, known := m.young[about]; !known && len(m.young) >= machinesRemembered/2 || m.young == nil {
		m.old, m.young = m.young, make(map[boot.MAC]minute)
	}
	m.young[about] = last
}
