// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"slices"
	"time"
)

// choice is a strategy and how it came to be chosen.
type choice struct {
	strategy Strategy
	why      string
	fresh    bool // a new boot, not a client's second try or a duplicate
}

// choose takes a strategy for a DISCOVER. A pinned one is obeyed; else the client gets what worked for it, or what its
// family usually takes, and the next candidate whenever it comes back without having taken an offer.
func (r *record) choose(now time.Time, xid uint32, list []Strategy, pinned Strategy, enough evidence) choice {
	fresh := xid != r.xid || now.Sub(r.offered) > sessionAge
	c := choice{fresh: fresh}
	switch {
	case pinned != Auto:
		c.strategy, c.why = pinned, "pinned by the configuration"
	case len(list) == 1:
		c.strategy, c.why = list[0], "the only one for this kind of client"
	case !slices.Contains(list, r.strategy):
		c.strategy, c.why = first(list, r.worked)
	case !fresh && now.Sub(r.offered) < retryAge:
		return choice{strategy: r.strategy, why: "the same request again"}
	case r.failed(now, fresh, enough):
		c.strategy, c.why = after(list, r.strategy), "the last offer ("+r.strategy.String()+") was not taken"
	case r.worked == r.strategy:
		c.strategy, c.why = r.strategy, "it worked for this machine"
	default:
		c.strategy, c.why = r.strategy, "the same as last time"
	}
	if fresh && r.evidence >= enough {
		r.worked = r.strategy
	}
	if fresh || c.strategy != r.strategy {
		r.evidence = evidenceNone
	}
	r.xid, r.offered, r.strategy = xid, now, c.strategy
	return c
}

// failed reports whether the last offer can be said not to have been taken. Within one boot, going on to the DHCP server
// is success enough: EDK2 does so only if it can boot with what it was offered (PxeBcDhcp4.c).
func (r *record) failed(now time.Time, fresh bool, enough evidence) bool {
	if !fresh {
		return r.evidence == evidenceNone
	}
	return r.evidence < enough && now.Sub(r.offered) < takenAge
}

func first(list []Strategy, worked Strategy) (Strategy, string) {
	if worked != Auto && slices.Contains(list, worked) {
		return worked, "it worked for this machine"
	}
	return list[0], "usual for this kind of client"
}

// after is the next candidate, round and round.
func after(list []Strategy, s Strategy) Strategy {
	return list[(slices.Index(list, s)+1)%len(list)]
}

// note keeps the furthest a client went.
func (r *record) note(e evidence) { r.evidence = max(r.evidence, e) }
