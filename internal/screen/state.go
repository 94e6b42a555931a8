// SPDX-License-Identifier: Apache-2.0

package screen

import (
	"time"

	"github.com/bootlace-net/bootlace/internal/api"
)

// tone is how much a state wants to be looked at, which has a colour and a sign.
type tone string

// The tones.
const (
	toneQuiet  tone = "quiet"  // nothing was heard
	toneIdle   tone = "idle"   // it is known, and does nothing
	toneBusy   tone = "busy"   // it boots or installs
	toneGood   tone = "good"   // it is installed
	toneWaits  tone = "waits"  // somebody has to decide
	toneHeld   tone = "held"   // somebody has decided that nothing happens
	toneBroken tone = "broken" // it does not boot
)

// toneOf knows all states of docs/machines.md, and those of the screen alone: booting and trouble. One that it does not know
// is to be looked at.
func toneOf(state string) tone {
	switch state {
	case "unseen":
		return toneQuiet
	case "seen", "local":
		return toneIdle
	case "armed", "offered", "script", "kernel", "installer", "trial", "booting":
		return toneBusy
	case "done":
		return toneGood
	case "waiting":
		return toneWaits
	case "held":
		return toneHeld
	}
	return toneBroken
}

// signOf is for those who do not see colours.
func signOf(t tone) string {
	return map[tone]string{toneQuiet: "○", toneIdle: "●", toneBusy: "▶", toneGood: "✓", toneWaits: "?", toneHeld: "‖", toneBroken: "✕"}[t]
}

// active is how long after its last step a machine that installs nothing counts as booting.
const active = 60 * time.Second

// stateOf is the state that a tile shows: that of the machine, or what its last step says of one that is under way or has no life of
// its own.
func stateOf(t *api.Tile, now time.Time) string {
	switch {
	case t.Wrong && (t.State == api.Seen || toneOf(t.State) == toneBusy):
		return "trouble"
	case t.State != api.Seen:
		return t.State
	case now.Sub(t.Stepped) < active:
		return "booting"
	}
	return t.State
}

// order has what wants to be looked at first.
func order(state string) int {
	return map[tone]int{toneBroken: 0, toneWaits: 1, toneHeld: 2, toneBusy: 3, toneGood: 4, toneIdle: 5, toneQuiet: 6}[toneOf(state)]
}
