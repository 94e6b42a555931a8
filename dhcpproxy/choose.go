// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"slices"

	"github.com/bootlace-net/bootlace/boot"
)

// choose takes the style of the answer, and counts boots.
func (r *Responder) choose(x *exchange) {
	list := candidates(x)
	r.mu.Lock()
	defer r.mu.Unlock()
	s := x.session
	switch {
	case x.six:
		r.chooseSix(x, s, list[0])
	case x.key == nameless(): // it could be several machines
		x.strategy, x.why = list[0], "usual for this kind of client"
		if pinned := x.pinned(); pinned != boot.StrategyAuto {
			x.strategy, x.why = pinned, "pinned by the configuration"
		}
	case !x.opening:
		r.acknowledge(x, list)
	case x.client.Stage != boot.StageROM || x.client.Class == boot.ClassHTTP:
		r.chooseLater(x, s, list[0])
	default:
		r.chooseFirst(x, s, list)
	}
}

// pinned is what the configuration says, as far as it means something to this client: styles of PXE mean nothing to an
// HTTP client or to iPXE, which have their own.
func (x *exchange) pinned() boot.Strategy {
	own := x.client.Class == boot.ClassHTTP || x.client.Stage != boot.StageROM
	if own || x.plan.Strategy == boot.StrategyHTTP {
		return boot.StrategyAuto
	}
	return x.plan.Strategy
}

// chooseFirst is for ROMs: what is pinned or worked before, else what the family usually takes, and the next candidate
// whenever the client comes back without having taken an offer.
func (r *Responder) chooseFirst(x *exchange, s *session, list []boot.Strategy) {
	now, again := x.now, false
	r.learn(x, func(h *boot.History) {
		t := try{x: x, last: s.rom, outbid: s.outbid, list: list, enough: r.enough(x)}
		switch looping := r.count(x, h); {
		case looping:
			x.looping(h, list[0])
		case t.again(h):
			x.strategy, x.why, again = h.Offered, "the same request again", true
		default:
			t.offer(h)
		}
	})
	if x.fresh {
		s.outbid = s.other.same(x.xid, now)
	}
	if !again {
		s.rom = attempt{now, x.xid}
	}
}

// enough is the evidence that an offer was a good one. Fetches are known by hardware address only.
func (r *Responder) enough(x *exchange) boot.Evidence {
	if r.Fetches && !x.client.MAC.IsZero() {
		return boot.EvidenceFetched
	}
	return boot.EvidenceRequest
}

// try is what the choice of a style for a ROM depends on, beside its history.
type try struct {
	x      *exchange
	last   attempt // the one before, or this one's first packet
	outbid bool    // the client had another server's offer in hand as well
	list   []boot.Strategy
	enough boot.Evidence // of a good offer
}

// again reports a duplicate, or a repetition that is too quick to be the firmware's next try.
func (t *try) again(h *boot.History) bool {
	return !t.x.fresh && t.x.now.age(t.last.at) < retryAge && t.choice(h)
}

// choice reports whether there is something to choose from, of which one has been offered.
func (t *try) choice(h *boot.History) bool {
	return len(t.list) > 1 && t.x.pinned() == boot.StrategyAuto && slices.Contains(t.list, h.Offered)
}

// offer takes a style, and notes it.
func (t *try) offer(h *boot.History) {
	x, now := t.x, t.x.arrival.Time
	switch pinned := x.pinned(); {
	case pinned != boot.StrategyAuto:
		x.strategy, x.why = pinned, "pinned by the configuration"
	case len(t.list) == 1:
		x.strategy, x.why = t.list[0], "the only one for this kind of client"
	case !t.choice(h):
		x.strategy, x.why = first(t.list, h.Worked)
	case t.failed(h):
		x.strategy, x.why = after(t.list, h.Offered), "the last offer ("+h.Offered.String()+") was not taken"
	case h.Worked == h.Offered:
		x.strategy, x.why = h.Offered, "it worked for this machine"
	default:
		x.strategy, x.why = h.Offered, "the same as last time"
	}
	if x.fresh && h.Evidence >= t.enough {
		h.Worked = h.Offered
	}
	if x.fresh || x.strategy != h.Offered {
		h.Evidence = boot.EvidenceNone
	}
	h.Offered, h.OfferedAt = x.strategy, now
}

// failed reports whether the last offer can be said not to have been taken. Within one boot, going on to the DHCP server
// is success enough: EDK2 does so only if it can boot with what it was offered (PxeBcDhcp4.c). Where it had another
// server's offer as well it may have booted with that, of which nothing more is heard here.
func (t *try) failed(h *boot.History) bool {
	switch {
	case !t.x.fresh:
		return h.Evidence == boot.EvidenceNone
	case t.outbid && h.Evidence >= boot.EvidenceRequest:
		return false
	}
	return h.Evidence < t.enough && t.x.arrival.Time.Sub(h.OfferedAt) < takenAge
}

func first(list []boot.Strategy, worked boot.Strategy) (boot.Strategy, string) {
	if worked != boot.StrategyAuto && slices.Contains(list, worked) {
		return worked, "it worked for this machine"
	}
	return list[0], "usual for this kind of client"
}

// after is the next candidate, round and round.
func after(list []boot.Strategy, s boot.Strategy) boot.Strategy {
	return list[(slices.Index(list, s)+1)%len(list)]
}
