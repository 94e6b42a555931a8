// SPDX-License-Identifier: Apache-2.0

package life

import (
	"fmt"
	"slices"
)

// Evidence is how far a machine came, from weak to strong.
type Evidence uint8

// The ladder.
const (
	EvidenceNone     Evidence = iota
	EvidenceOffer             // it was offered a boot
	EvidenceScript            // it has the script of its loader, or what its loader has in place of one
	EvidenceKernel            // it has all of the kernel
	EvidenceInitrd            // it has all of an initrd
	EvidenceAnswer            // the installer has asked for its answers
	EvidenceLog               // the installer has sent a line of its log
	EvidenceCallback          // the installer has called back
	EvidenceSystem            // a system asked for an address: no firmware, no loader
)

func evidenceWords() []string {
	return []string{"", "offer", "script", "kernel", "initrd", "answer", "log", "callback", "os-dhcp"}
}

// String gives the word for records, logs and programs.
func (e Evidence) String() string { return evidenceWords()[e] }

// MarshalText is that of records.
func (e Evidence) MarshalText() ([]byte, error) { return []byte(e.String()), nil }

// UnmarshalText reads only what MarshalText writes.
func (e *Evidence) UnmarshalText(b []byte) error { return parse(e, b, evidenceWords(), "evidence") }

// State is where a machine is in its life. It is derived, never kept.
type State uint8

// The states.
const (
	StateLocal     State = iota // nothing is to be installed on it
	StateArmed                  // its next boot installs
	StateOffered                // it was offered that boot
	StateScript                 // it has the script
	StateKernel                 // it has the kernel
	StateInstaller              // the installer runs
	StateTrial                  // the installer had its turn and could not say how it went: the disk shows it
	StateDone                   // it is installed
	StateFailed                 // the installer said so, or the disk does not boot
	StateStalled                // nothing was heard for too long
	StateExhausted              // all attempts are used up
	StateHeld                   // an operator holds it
)

func stateWords() []string {
	return []string{"local", "armed", "offered", "script", "kernel", "installer", "trial", "done", "failed", "stalled", "exhausted", "held"}
}

// String gives the word for logs and programs.
func (s State) String() string { return stateWords()[s] }

// States lists all of them in the order of a life.
func States() []State {
	all := make([]State, len(stateWords()))
	for i := range all {
		all[i] = State(i)
	}
	return all
}

// Serve is what a machine gets.
type Serve uint8

// What there is to get.
const (
	ServeConfigured Serve = iota // what its profile says: there is no life to watch over
	ServeInstall                 // what its profile says, which installs
	ServeLocal                   // its own disk, the quickest way
	ServeProfile                 // another profile: Status.Profile
)

// String gives the word for logs and programs.
func (s Serve) String() string { return [...]string{"configured", "install", "local", "profile"}[s] }

// Ending is how an attempt ended.
type Ending uint8

// The endings.
const (
	Pending Ending = iota // not yet, as far as is known
	Failed
	Stalled // and a proof that comes late still counts
	Done
)

func endingWords() []string { return []string{"pending", "failed", "stalled", "done"} }

// String gives the word for records.
func (e Ending) String() string { return endingWords()[e] }

// MarshalText is that of records.
func (e Ending) MarshalText() ([]byte, error) { return []byte(e.String()), nil }

// UnmarshalText reads only what MarshalText writes.
func (e *Ending) UnmarshalText(b []byte) error { return parse(e, b, endingWords(), "ending") }

// open says that a proof of success would still be believed.
func (e Ending) open() bool { return e == Pending || e == Stalled }

func parse[T ~uint8](to *T, b []byte, words []string, what string) error {
	i := slices.Index(words, string(b))
	if i < 0 {
		return fmt.Errorf("%q is no %s", b, what)
	}
	*to = T(i)
	return nil
}
