// SPDX-License-Identifier: Apache-2.0

package screen

import (
	"github.com/bootlace-net/bootlace/internal/api"
)

// action is what an operator can do to a machine, in words first.
type action struct {
	verb, label string
	will        string // what it will do
	danger      string // what may be lost by it; "": nothing
	done        string // what it did
	fits        func(*api.Machine) bool
}

// power is the one verb that is no order.
const power = "power"

// actions lists all of them in the order of their buttons.
func actions() []action {
	always := func(*api.Machine) bool { return true }
	installs := func(m *api.Machine) bool { return m.Life != nil && m.Life.State != "local" }
	held := func(m *api.Machine) bool { return m.Life != nil && m.Life.Held }
	return []action{
		{string(api.Next), "Next boot…", "Its next boot alone is of the profile that you choose here. After that it goes on as before.", "",
			"Its next boot is set.", always},
		{string(api.Install), "Install…", "Its next boot installs it once more, whatever is installed on it. Its attempts begin anew. It is not switched off or on by this.",
			"What is on its disks will be lost.", "Its next boot installs it.", installs},
		{string(api.Hold), "Hold…", "Nothing installs on it until it is released. Until then it gets what comes after an installation, which is its own disk if nothing else is said.", "",
			"It is held.", func(m *api.Machine) bool { return installs(m) && !held(m) }},
		{string(api.Release), "Release…", "Ends a hold, and the verdict that it loops or that its disk does not boot: its boots are counted anew.", "",
			"It is released.", func(m *api.Machine) bool {
				return held(m) || m.State == api.Looping || toneOf(m.State) == toneBroken
			}},
		{string(api.Finish), "Is installed…", "What it was to install counts as installed: nothing installs on it any more, until a new generation or Install.", "",
			"It counts as installed.", installs},
		{power, "Power…", "Asks what switches this machine (its BMC, or Wake-on-LAN) to do what you choose here, and waits for the answer, up to 90 seconds.",
			"A machine that is switched off loses what it has not written to its disk.", "It was switched.", always},
		{string(api.Forget), "Forget…", "Forgets all that it said and did: its addresses, facts, and boots. What is installed on it and what was tried is not forgotten: forgetting never installs.",
			"Its timeline is gone after this.", "It is forgotten.", always},
	}
}

// actionOf is nil for a verb that there is not.
func actionOf(verb string) *action {
	for _, a := range actions() {
		if a.verb == verb {
			return &a
		}
	}
	return nil
}
