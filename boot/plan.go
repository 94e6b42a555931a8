// SPDX-License-Identifier: Apache-2.0

package boot

// Action is what is to be done for a machine.
type Action uint8

// The actions.
const (
	ActionIgnore Action = iota // say nothing: the machine is not ours
	ActionBoot                 // boot what the profile says
	ActionMenu                 // show the menu of what there is
)

// String names the action.
func (a Action) String() string { return [...]string{"ignore", "boot", "menu"}[a] }

// Plan is the answer of a Catalog to the question what a machine should boot. It stays valid for ever: it belongs to the
// catalog it came from.
type Plan struct {
	Action  Action
	Client  Client   // the question
	Host    *Host    // nil: no host matched
	Groups  []*Group // in the order they were applied, least specific first
	Profile *Profile // resolved through all it inherits; nil for ActionIgnore and for the default menu
	Vars    Vars     // merged: profile, groups, host; later ones win
	Loader  Name     // the program a ROM of this architecture is to load, machine prefix included
	Script  Name     // what an iPXE is to run, machine prefix included

	Strategy string // offer strategy pinned in YAML; "" lets the responder choose
	Why      []Step // how it came to this, for logs and explain
}

// Step is one decision on the way to a plan.
type Step struct {
	What string // "host node1: mac 52:54:00:12:34:56 (weight 900)"
	Pos  Pos    // where the rule stands; may be unknown
}

// Reason is the last step in words: one line for a log.
func (p Plan) Reason() string {
	if len(p.Why) == 0 {
		return ""
	}
	return p.Why[len(p.Why)-1].What
}
