// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"

	"github.com/bootlace-net/bootlace/boot"
)

// Verb is what an operator may ask for a machine.
type Verb string

// The verbs.
const (
	Next    Verb = "next"    // boot another profile, once
	Install Verb = "install" // install it again
	Hold    Verb = "hold"    // give it nothing that installs
	Release Verb = "release" // end a hold, and the verdict that it loops
	Done    Verb = "done"    // it is installed, whatever was seen of it
	Forget  Verb = "forget"  // let go of all that is known of it
)

// Verbs lists them.
func Verbs() []Verb { return []Verb{Next, Install, Hold, Release, Done, Forget} }

// Order is what an operator asks for a machine.
type Order struct {
	Verb    Verb
	Profile string // of Next
	By      string // who asks, in words
}

// Life is where a machine stands that installs.
type Life struct {
	State      string `json:"state"`
	Why        string `json:"why,omitempty"`
	Generation int    `json:"generation"`         // that is to be installed
	Done       int    `json:"done"`               // the last one that was; 0: none
	Orders     int    `json:"orders,omitempty"`   // installs that were asked for
	Attempt    int    `json:"attempt,omitempty"`  // that is under way or was the last one
	Attempts   int    `json:"attempts,omitempty"` // that there may be
	Held       bool   `json:"held,omitempty"`
	Next       string `json:"next,omitempty"` // the profile of its next boot alone
}

// Lives knows and changes what machines do next.
type Lives interface {
	// Life tells where the machine of a plan stands; nil if it installs nothing and nothing was asked for it.
	Life(p boot.Plan) (*Life, error)
	// Order stores what is asked for, durably when it returns; false if it was so already. A *Problem is for who asks.
	Order(ctx context.Context, p boot.Plan, o Order) (bool, error)
}
