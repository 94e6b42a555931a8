// SPDX-License-Identifier: Apache-2.0

package api

import (
	"time"

	"github.com/bootlace-net/bootlace/boot"
)

// Boot is one try of a machine to boot, from its first packet to the last that was seen of it.
type Boot struct{ Steps []Event }

// silence ends a boot: what comes later is of another one, even if its first packet was not seen.
const silence = 10 * time.Minute

// Boots parts a story, the oldest event first, into boots. A new one begins with the first packet of a program that had its turn
// already: a ROM after the iPXE that it loaded, or the same again by the same protocol. Firmware that tries IPv4 and then IPv6,
// and a loader that follows a ROM, go on with the same boot.
func Boots(story []Event) []Boot {
	var all []Boot
	var turns turns
	for i := range story {
		e := &story[i]
		if begins := turns.take(e); begins || len(all) == 0 {
			all = append(all, Boot{})
		}
		b := &all[len(all)-1]
		b.Steps = append(b.Steps, *e)
	}
	return all
}

// turns are the programs of a boot that have asked DHCP.
type turns struct {
	asked map[string]bool // by stage and port
	stage string
	last  time.Time
}

// take reports whether a new boot begins with an event.
func (t *turns) take(e *Event) (begins bool) {
	d := e.DHCP
	began := e.Began()
	late := !t.last.IsZero() && began.Sub(t.last) > silence
	if t.last = e.Time; d == nil || !d.Fresh {
		return late
	}
	begins = late || t.asked[d.Stage+d.Port] || d.Stage == boot.StageROM.String() && t.stage != "" && t.stage != d.Stage
	if begins || t.asked == nil {
		t.asked = make(map[string]bool)
	}
	t.asked[d.Stage+d.Port], t.stage = true, d.Stage
	return begins
}

// Began is when an event's step began: its time is when that ended.
func (e *Event) Began() time.Time {
	if e.File == nil {
		return e.Time
	}
	return e.Time.Add(-time.Duration(e.File.Seconds * float64(time.Second)))
}

// Began is when the first step did.
func (b *Boot) Began() time.Time {
	began := b.Steps[0].Began()
	for i := range b.Steps {
		if at := b.Steps[i].Began(); at.Before(began) {
			began = at
		}
	}
	return began
}

// Took is the time up to the end of the last step.
func (b *Boot) Took() time.Duration {
	began, took := b.Began(), time.Duration(0)
	for i := range b.Steps {
		took = max(took, b.Steps[i].Time.Sub(began))
	}
	return took
}

// Bytes is what the machine loaded.
func (b *Boot) Bytes() (n int64) {
	for i := range b.Steps {
		if f := b.Steps[i].File; f != nil {
			n += f.Bytes
		}
	}
	return n
}
