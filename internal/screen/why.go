// SPDX-License-Identifier: Apache-2.0

package screen

import (
	"fmt"
	"slices"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/api"
)

// verdict is the answer to the question that the page is opened for: why did this machine not boot?
type verdict struct {
	Tone tone
	Text string // one sentence
	Hint string // what it often is; "": nothing
}

// quiet is how long nothing may come of a machine that is still under way: a kernel of a slow loader takes this long to unpack.
const quiet = 45 * time.Second

// judge says how the newest boot went, from its last steps.
func judge(story []api.Event, now time.Time) verdict {
	boots := api.Boots(story)
	if len(boots) == 0 {
		return verdict{toneQuiet, "Nothing was seen of it yet.", "If it is on: is it in a network that bootlace serves, or behind a relay that sends to it? Does its firmware boot from the network?"}
	}
	steps := slices.DeleteFunc(slices.Clone(boots[len(boots)-1].Steps), func(e api.Event) bool { return !counts(&e) })
	if len(steps) == 0 {
		return verdict{toneIdle, "Nothing of its last boot was seen but what it says of itself.", ""}
	}
	last := &steps[len(steps)-1]
	if v, ok := failed(steps); ok {
		return v
	}
	if now.Sub(story[len(story)-1].Time) < quiet {
		return verdict{toneBusy, "It is booting: " + string(phaseOf(last)) + ".", ""}
	}
	return ended(last)
}

// counts leaves out what is no step of a boot, and what went wrong as it should: files that are asked for without need.
func counts(e *api.Event) bool {
	return e.DHCP != nil || e.File != nil && e.Kind == boot.EventFile.String() && e.File.Outcome != boot.NotThere
}

// failed finds the last thing that went wrong, unless the boot went on by the same file or a later part of it.
func failed(steps []api.Event) (verdict, bool) {
	for i := len(steps) - 1; i >= 0; i-- {
		e := &steps[i]
		switch f := e.File; {
		case f != nil && !f.Good && f.Size > 0 && f.Bytes > 0:
			return verdict{toneBroken, fmt.Sprintf("It got %s of %s of %s, then: %s.", sizeText(f.Bytes), sizeText(f.Size), f.Name, f.Outcome), broken(f)}, true
		case f != nil && !f.Good:
			return verdict{toneBroken, fmt.Sprintf("It did not get %s: %s.", f.Name, f.Outcome), refused(e)}, true
		case f != nil && f.Bytes > 0 && phaseOf(e) != phaseScript:
			return verdict{}, false // it came further than anything before
		}
	}
	if !slices.ContainsFunc(steps, func(e api.Event) bool { return e.File != nil || e.DHCP.Answered }) {
		return verdict{toneBroken, "It was not answered: " + steps[len(steps)-1].Text + ".", ""}, true
	}
	return verdict{}, false
}

func broken(f *api.File) string {
	if f.Retransmits > 0 {
		return fmt.Sprintf("%d datagrams had to be sent again: look for loss or an MTU that is too small on the way.", f.Retransmits)
	}
	return "It was switched off, gave up, or the way to it broke."
}

func refused(e *api.Event) string {
	if e.Detail != "" {
		return e.Detail
	}
	return "Is the file among the images of its profile? The plan below says what is looked for."
}

// ended says where a boot stopped in which nothing failed.
func ended(last *api.Event) verdict {
	switch phaseOf(last) {
	case phaseDHCP, phase4011:
		if last.DHCP.Verdict == "local" {
			return verdict{toneIdle, "It was told to boot its own disk.", ""}
		}
		return verdict{toneBroken, "It was answered, and never asked for what it was offered.",
			"Another server's offer was taken, UDP port 69 or 4011 is filtered on the way, or the firmware did not like the answer: see Network."}
	case phaseLoader:
		return verdict{toneBroken, "It has its loader, and nothing came after it.",
			"Secure Boot refuses a loader that is not signed, or the loader has no driver for this network card."}
	case phaseScript:
		return verdict{toneIdle, "It has its script, and has loaded nothing that is in it.", "It shows a menu, boots its own disk, or could not reach the URLs in the script."}
	case phaseKernel:
		return verdict{toneBroken, "It has its kernel, and nothing came after it.", "Either there is no initrd, or the loader ran out of memory before it."}
	case phaseInitrd, phaseInstaller, phaseFile, phaseDone, phaseNotice:
	}
	return verdict{toneGood, "It got all that it asked for. From there on its system speaks for itself.", ""}
}
