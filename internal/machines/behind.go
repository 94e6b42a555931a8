// SPDX-License-Identifier: Apache-2.0

package machines

import "slices"

// behind is what an archive does not have yet. Who handles packets only adds to it. The zero value notes nothing: there is no
// archive.
type behind struct {
	on       bool       // there is an archive
	machines []*machine // that changed, or that are gone
	vain     int        // of machines, those that are gone and that the archive never heard of
	events   []*event   // that are new, or another machine's now
	gone     []uint64   // events that gave way
	most     int        // events, those that gave way among them
}

// changed notes that a machine is not as the archive has it. The lock is held.
func (b *behind) changed(r *machine) {
	if b.on && !r.behind {
		r.behind = true
		b.machines = append(b.machines, r)
	}
}

// left notes that a machine is forgotten. Those that nobody need hear of are let go of when they are many. The lock is held.
func (b *behind) left(r *machine) {
	r.gone = true
	switch {
	case r.kept:
		b.changed(r)
	case r.behind:
		b.vain++
	}
	if b.vain > mostOfABatch && b.vain > len(b.machines)/2 {
		b.machines, b.vain = slices.DeleteFunc(b.machines, (*machine).inVain), 0
	}
}

func (r *machine) inVain() bool { return r.gone && !r.kept }

// told notes an event. Those that gave way before they were written are let go of when there are many. The lock is held.
func (b *behind) told(e *event) {
	if !b.on || e.waits {
		return
	}
	e.waits = true
	if b.events = append(b.events, e); len(b.events) > b.most {
		b.events = slices.DeleteFunc(b.events, func(e *event) bool { return e.owner == nil })
	}
}

// over notes that an event gave way. The lock is held.
func (b *behind) over(e *event) {
	e.owner = nil
	if b.on && e.kept {
		b.gone = append(b.gone, e.order)
	}
}
