// SPDX-License-Identifier: Apache-2.0

package power

import (
	"context"
	"errors"
	"net"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
)

// Fault is whose an error is.
type Fault uint8

// The faults.
const (
	Failed        Fault = iota // the BMC says no, or answers nonsense
	Misconfigured              // the configuration lacks something
	Refused                    // it cannot be done this way
	Busy                       // somebody else is at it
	Unreachable                // no answer
)

// Error says which machine, by what, what is wrong, and what to do about it.
type Error struct {
	Fault        Fault
	Machine, BMC string
	What, Fix    string
}

// Error gives one line.
func (e *Error) Error() string {
	var parts []string
	for _, p := range []string{e.Machine, e.BMC, e.What, e.Fix} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, ": ")
}

// longestWords bounds what is shown of a BMC's own words, in characters.
const longestWords = 300

// complain makes an Error of any, about one machine, without its password: a BMC may send back what it got.
func (t *Target) complain(err error) error {
	if err == nil {
		return nil
	}
	var e *Error
	if !errors.As(err, &e) {
		e = explain(err)
	}
	out := *e
	out.Machine, out.BMC, out.What = t.Name, t.String(), boot.Excerpt(t.hide(out.What), longestWords)
	return &out
}

func (t *Target) hide(s string) string {
	if t.Password == "" {
		return s
	}
	return strings.ReplaceAll(s, t.Password, "***")
}

// explain sorts the errors of networks.
func explain(err error) *Error {
	var timeout net.Error
	var dns *net.DNSError
	var op *net.OpError
	switch {
	case errors.As(err, &dns):
		return &Error{Fault: Unreachable, What: "no address is known for " + dns.Name, Fix: "is the name right?"}
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return &Error{Fault: Unreachable, What: "no answer in time", Fix: "is the BMC up, and its network reachable from here?"}
	case errors.As(err, &op):
		return &Error{Fault: Unreachable, What: op.Err.Error(), Fix: "is the address right, and the service enabled in the BMC?"}
	}
	return &Error{What: err.Error()}
}
