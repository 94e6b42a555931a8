// SPDX-License-Identifier: Apache-2.0

// Package life decides from what is wanted and what was seen whether a machine may install now.
//
// Three things meet here. [Desired] is what the configuration wants of a machine. [Record] is what is kept of its life, for
// ever and for all appliances of a site. [Sight] is what one running appliance has seen of the machine itself; it is lost when
// the appliance ends. Nothing is ever "consumed": [Derive] says from all three what a machine is to get, each time anew.
// [Step] says how an event changes the record, and [Command] how an order of the operator does.
//
// All is pure: no clock, no disk, no network, nothing shared. The caller has three duties:
//
//	s = s.See(e)               // at once, under its lock for this machine, before it answers
//	o := Step(d, r, s, e)      // r as the store has it, s as it saw the event; again with a newer r when the store refuses the swap
//	if o.Durable { store o.Record, and only then answer } else if o.Changed { store it when there is time }
//	now = now.After(o, e)      // under the lock again, of the sight as it is by now
//
// When the store fails, or the record cannot be read, the answer is that of [Refuse]: the machine's disk, and an alarm.
//
// # Counting errs upwards
//
// An attempt belongs to one boot of the machine. Whether two requests are of one boot is known by what this appliance has seen
// since its start, and by nothing else: an appliance that starts again, or another one, or a memory that had to forget, does
// not know the boot any more and counts a new attempt. So an attempt can be counted that was none, and a machine goes to its
// disk too early, which is told; but no installation goes uncounted. A token in a URL proves that its holder still runs the
// script it was written into, so that installers that fetch their answers by one survive a restart of the appliance.
//
// # Clocks
//
// No decision reads the time of day: it is kept for people. What has to do with time (an attempt that takes too long, a machine
// that is back within minutes) counts the monotonic time of the one appliance that saw both ends. After a restart it begins to
// count anew; what is late is then told later. A clock that is set, forwards or backwards, changes nothing.
package life
