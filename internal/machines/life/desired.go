// SPDX-License-Identifier: Apache-2.0

package life

import (
	"fmt"
	"time"
)

// Defaults of [Desired].
const (
	DefaultGeneration = 1
	DefaultAttempts   = 3
	DefaultWithin     = 2 * time.Hour
)

// Desired is what the configuration wants of a machine. A zero number takes its default.
type Desired struct {
	Installs   bool          // its profile is one that installs; all else is for those
	Profile    string        // which one
	Generation int           // raising it installs again
	Then       string        // the profile of a machine that is installed; "": its disk. It must not be one that installs
	Attempts   int           // how often to try each target
	Within     time.Duration // how long one attempt may take before somebody is told
	Success    Success       // what shows that it worked
	Doubt      string        // names the doubt whether records are the newest there were; "": there is none
}

func (d Desired) complete() Desired {
	if d.Generation == 0 {
		d.Generation = DefaultGeneration
	}
	if d.Attempts <= 0 {
		d.Attempts = DefaultAttempts
	}
	if d.Within <= 0 {
		d.Within = DefaultWithin
	}
	return d
}

// Proof is the kind of thing that shows that an installation worked.
type Proof uint8

// The proofs. All but the callback are for installers that cannot call back; a machine that comes back without its proof is
// sent to its disk first, to see whether that is it.
const (
	ProofCallback Proof = iota // the installer says so, before it reboots
	ProofSystem                // the installed system asks for an address of its own, after the machine was sent to its disk
	ProofFetch                 // the machine fetches a certain file
	ProofTimeout               // the time for it is over, and the machine did not come back at once
)

// Success is a proof with what it needs.
type Success struct {
	By   Proof
	Path string // for ProofFetch: of the file, without a slash before it
}

// String gives the words that YAML uses.
func (s Success) String() string {
	return [...]string{"callback", "os-dhcp", "fetch: " + s.Path, "timeout"}[s.By]
}

// Target is what is to be installed: the generation of the configuration, and how many orders to install there were. Each of
// both only ever grows.
type Target struct {
	Generation int `json:"generation"`
	Order      int `json:"order,omitzero"`
}

// String is for people: "generation 3", "generation 3, order 2".
func (t Target) String() string {
	if t.Order == 0 {
		return fmt.Sprintf("generation %d", t.Generation)
	}
	return fmt.Sprintf("generation %d, order %d", t.Generation, t.Order)
}

// covers says that with t also other is done.
func (t Target) covers(other Target) bool {
	return t.Generation >= other.Generation && t.Order >= other.Order
}

// target is what a machine is to reach next, and whether anything is owed at all. A generation that was lowered below one that
// was tried or reached owes nothing: only raising installs.
func target(d Desired, r Record) (t Target, owed bool) {
	tried := max(r.Attempt.Target.Generation, r.Done.Target.Generation)
	t = Target{Generation: max(d.Generation, tried), Order: r.Orders}
	raised := d.Generation > r.Done.Target.Generation && d.Generation >= tried
	return t, raised || r.Orders > r.Done.Target.Order
}
