// SPDX-License-Identifier: Apache-2.0

package life

import (
	"slices"
	"time"

	"github.com/bootlace-net/bootlace/boot"
)

// Schema is the version of records that this program writes and reads.
const Schema = 1

// Bounds of a record: it is written at every transition.
const (
	mostMACs   = 16
	mostTokens = 24
	mostText   = 200
	mostOrders = 1_000_000 // to install one machine
)

// Record is what is kept of a machine's life. Its zero value is a life that has not begun. A record is a value: nothing here
// changes one that it was given.
type Record struct {
	Schema  int      `json:"schema"`
	Orders  int      `json:"orders,omitzero"`  // to install, so far
	Held    bool     `json:"held,omitzero"`    // an operator holds it: nothing installs
	Sure    string   `json:"sure,omitzero"`    // the last doubt that an operator has ended for this machine
	Next    Next     `json:"next,omitzero"`    // another profile for one boot
	Attempt Attempt  `json:"attempt,omitzero"` // the last one, of the last target that was tried
	Done    Finish   `json:"done,omitzero"`    // the last target that was reached
	Returns int      `json:"returns,omitzero"` // boots in a row that were sent to the disk and came back within minutes
	Told    []Alarm  `json:"told,omitzero"`    // what need not be told again
	Tokens  []Token  `json:"tokens,omitzero"`  // that are good for reports and files, the oldest first
	MACs    []string `json:"macs,omitzero"`    // that it was lived under, the oldest first
	UUID    string   `json:"uuid,omitzero"`
}

// Boot names one boot of a machine as one appliance saw it. No two boots have the same name; a boot that two appliances saw,
// or one before and after a restart, has two.
type Boot struct {
	Run string `json:"run"` // of the sight, see [Sight]
	N   uint64 `json:"n"`
}

// Next is an order to boot something else, once.
type Next struct {
	Profile string    `json:"profile"`
	At      time.Time `json:"at"`            // of the order
	Boot    Boot      `json:"boot,omitzero"` // the one that it was given to
}

// Attempt is one attempt at a target.
type Attempt struct {
	Target Target    `json:"target"`
	Number int       `json:"number"` // 1 is the first; 0: there was none
	Script int       `json:"script"` // number of the attempt that the last script was given out in: its tokens are good
	Boot   Boot      `json:"boot"`   // the one it belongs to
	At     time.Time `json:"at"`     // when it was granted
	Seen   []Seen    `json:"seen,omitzero"`
	Ending Ending    `json:"ending"`
	Why    string    `json:"why,omitzero"` // it failed
}

// Seen is when a kind of evidence was first seen.
type Seen struct {
	What Evidence  `json:"what"`
	At   time.Time `json:"at"`
}

// Finish is a target that was reached.
type Finish struct {
	Target Target    `json:"target"`
	At     time.Time `json:"at"`
	How    string    `json:"how"` // "callback", "os-dhcp", "fetch", "timeout" or "operator"
}

// Scope is what a token is good for.
type Scope string

// The scopes.
const (
	ScopeFiles  Scope = "files"
	ScopeReport Scope = "report"
	ScopeDone   Scope = "done"
)

// Token is what is kept of one: never itself. It ends with the target being reached (one for done then still answers that this
// is so), with the next script that is given out, and when its attempt is over for good.
type Token struct {
	Hash   string `json:"hash"` // SHA-256 in hex
	Scope  Scope  `json:"scope"`
	Target Target `json:"target"`
	Number int    `json:"number"`        // of the attempt
	Addr   string `json:"addr,omitzero"` // that it is bound to
}

// Token finds one by its hash.
func (r Record) Token(hash string) (Token, bool) {
	i := slices.IndexFunc(r.Tokens, func(t Token) bool { return t.Hash == hash })
	if i < 0 {
		return Token{}, false
	}
	return r.Tokens[i], true
}

// Knows says whether this life was lived by a machine with this address or, where the record has one, this UUID: a host that
// has a new name goes on with its old life.
func (r Record) Knows(mac boot.MAC, uuid boot.UUID) bool {
	return !mac.IsZero() && slices.Contains(r.MACs, mac.String()) || !uuid.IsZero() && r.UUID == uuid.String()
}

// Strongest is the strongest evidence of the attempt.
func (a Attempt) Strongest() Evidence {
	var best Evidence
	for _, s := range a.Seen {
		best = max(best, s.What)
	}
	return best
}

// ran says that the installer had its turn. A system that asks for an address does not show that: when the script fails, a loader
// may go on to what is on the disk.
func (a Attempt) ran() bool {
	return slices.ContainsFunc(a.Seen, func(s Seen) bool { return s.What >= EvidenceKernel && s.What < EvidenceSystem })
}

func (a Attempt) claim() Claim { return Claim{Target: a.Target, Number: a.Number} }

// believes says that a claim is about this attempt: no script was given out since the one it comes from.
func (a Attempt) believes(c Claim) bool {
	return a.Number > 0 && c.Target == a.Target && a.Script <= c.Number && c.Number <= a.Number
}
