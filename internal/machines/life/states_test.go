// SPDX-License-Identifier: Apache-2.0

package life

import (
	"fmt"
	"slices"
)

// moves are the transitions that were seen. It is not for several goroutines.
type moves map[move]bool

type move struct {
	from State
	on   Trigger
	to   State
}

func (m moves) note(from State, on Trigger, to State) {
	if from != to {
		m[move{from, on, to}] = true
	}
}

// unknown are those that the table of transitions does not have.
func (m moves) unknown() (list []string) {
	table := Transitions()
	for t := range m {
		if !slices.Contains(table[t.from][t.on], t.to) {
			list = append(list, fmt.Sprintf("%s %s %s", t.from, t.on, t.to))
		}
	}
	return list
}

// trigger names an event as the table of transitions does.
func trigger(e Event) Trigger {
	switch {
	case e.Kind == Sent && e.Path != "":
		return TriggerProof
	case e.Kind == Sent && e.What == EvidenceKernel:
		return TriggerKernel
	case e.Kind == Sent && e.What == EvidenceInitrd:
		return TriggerInitrd
	case e.Kind == Sent:
		return TriggerAnswer
	}
	return [...]Trigger{"", TriggerBoot, TriggerFile, "", TriggerLog, TriggerDone, TriggerFailed, TriggerSystem, TriggerTime}[e.Kind]
}

// reload looks at what a new configuration changes.
func (w *world) reload(app int, before Desired) {
	a := &w.apps[app]
	r, _, err := w.store.load()
	if err != nil {
		return
	}
	on := TriggerRaised
	if a.want.Generation < before.Generation {
		on = TriggerLowered
	}
	w.moves.note(Derive(before, r, a.sight).State, on, Derive(a.want, r, a.sight).State)
}
