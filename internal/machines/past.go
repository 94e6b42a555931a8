// SPDX-License-Identifier: Apache-2.0

package machines

import (
	"time"

	"github.com/bootlace-net/bootlace/boot"
)

// past is a boot.History as the memory keeps it: a fifth of the size, for of all ways to boot a machine takes one or two.
type past struct {
	offered, worked  boot.Strategy
	evidence         boot.Evidence
	upgrades         uint8
	second, loaded   bool
	unheard          uint8
	offeredAt, asked moment
	boots            []counted
}

// counted are the boots by one way.
type counted struct {
	way   uint8
	count uint32
	since moment
}

// moment is a time in nanoseconds after the memory was made, by the monotonic clock, and one more; 0 is never.
type moment int64

func (m *Memory) moment(t time.Time) moment {
	if t.IsZero() {
		return 0
	}
	return moment(t.Sub(m.made) + 1)
}

func (m *Memory) time(at moment) (t time.Time) {
	if at != 0 {
		t = m.made.Add(time.Duration(at) - 1)
	}
	return t
}

// history gives the past as everybody else knows it.
func (m *Memory) history(p *past) boot.History {
	h := boot.History{Offered: p.offered, OfferedAt: m.time(p.offeredAt), Evidence: p.evidence, Worked: p.worked, Asked: m.time(p.asked), Upgrades: p.upgrades, Second: p.second, Loaded: p.loaded, Unheard: p.unheard}
	for _, c := range p.boots {
		h.Boots[c.way] = boot.Boots{Since: m.time(c.since), Count: int(c.count)}
	}
	return h
}

// keepHistory makes a history the past of a machine.
func (m *Memory) keepHistory(p *past, h *boot.History) {
	*p = past{offered: h.Offered, worked: h.Worked, evidence: h.Evidence, upgrades: h.Upgrades, second: h.Second, loaded: h.Loaded, unheard: h.Unheard,
		offeredAt: m.moment(h.OfferedAt), asked: m.moment(h.Asked), boots: p.boots[:0]}
	for way, b := range h.Boots {
		if b != (boot.Boots{}) {
			p.boots = append(p.boots, counted{uint8(way), uint32(b.Count), m.moment(b.Since)})
		}
	}
}
