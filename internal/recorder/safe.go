// SPDX-License-Identifier: Apache-2.0

package recorder

import (
	"time"

	"github.com/bootlace-net/bootlace/boot"
)

// Characters of one field. Names are of packets, which can hold much more than a screen.
const (
	mostOfName = 200
	mostOfText = 500
)

// makeSafe keeps what a packet says from writing more than its own words into logs and pages. What the event points at is
// the emitter's: where it has to change it is copied.
func makeSafe(e *boot.Event) {
	e.Text, e.Detail = boot.Excerpt(boot.Redact(e.Text), mostOfText), boot.Excerpt(boot.Redact(e.Detail), mostOfText)
	c := &e.Client
	for _, s := range []*string{&c.Serial, &c.Hostname, &c.Vendor, &c.User, &c.Circuit, &c.Remote} {
		*s = boot.Excerpt(*s, mostOfName)
	}
	if e.Exchange != nil {
		x := *e.Exchange
		x.File, x.Why = boot.Excerpt(boot.Redact(x.File), mostOfText), boot.Excerpt(x.Why, mostOfText)
		if x != *e.Exchange { // most are safe already
			e.Exchange = new(boot.Exchange)
			*e.Exchange = x
		}
	}
	if e.Transfer != nil {
		t := *e.Transfer
		t.Name, t.Agent = boot.Excerpt(boot.Redact(t.Name), mostOfName), boot.Excerpt(t.Agent, mostOfName)
		e.Transfer = &t
	}
	if e.Log != nil {
		l := *e.Log
		l.Program = boot.Excerpt(l.Program, mostOfName)
		e.Log = &l
	}
}

// short rounds a duration to three digits or so: a log is read by people too.
func short(d time.Duration) time.Duration {
	switch {
	case d > time.Second:
		return d.Round(10 * time.Millisecond)
	case d > time.Millisecond:
		return d.Round(10 * time.Microsecond)
	default:
		return d.Round(time.Microsecond)
	}
}
