// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"slices"
	"time"

	"github.com/bootlace-net/bootlace/boot"
)

// chooseFirst is for ROMs: what is pinned or worked before, else what the family usually takes, and the next candidate
// whenever the client comes back without having taken an offer.
func (r *Responder) chooseFirst(x *exchange, s *session, list []Strategy) {
	now, again := x.arrival.Time, false
	x.fresh = !s.rom.same(x.xid, now)
	r.learn(x, func(h *boot.History) {
		t := try{x: x, last: s.rom, outbid: s.outbid, list: list, enough: r.enough(x)}
		if again = t.again(h); again {
			x.strategy, x.why = h.Offered, "the same request again"
		} else {
			t.offer(h)
		}
		x.returns = r.count(&h.ROM, now, x.fresh, r.Limits.Returns)
	})
	if x.fresh {
		s.outbid = s.other.same(x.xid, now)
	}
	if !again {
		s.rom = attempt{x.xid, now}
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
	list   []Strategy
	enough boot.Evidence // of a good offer
}

// again reports a duplicate, or a repetition that is too quick to be the firmware's next try.
func (t *try) again(h *boot.History) bool {
	return !t.x.fresh && t.x.arrival.Time.Sub(t.last.at) < retryAge && t.choice(h)
}

// choice reports whether there is something to choose from, of which one has been offered.
func (t *try) choice(h *boot.History) bool {
	return len(t.list) > 1 && t.x.pinned() == Auto && slices.Contains(t.list, h.Offered)
}

// offer takes a style, and notes it.
func (t *try) offer(h *boot.History) {
	x, now := t.x, t.x.arrival.Time
	switch pinned := x.pinned(); {
	case pinned != Auto:
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

// wentOn notes that a machine went on to the DHCP server with our offer in hand.
func (r *Responder) wentOn(x *exchange) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.sessions == nil {
		return
	}
	if s, ok := r.sessions.Peek(x.key); ok && s.rom.xid == x.xid {
		r.learn(x, func(h *boot.History) { h.Note(boot.EvidenceRequest) })
	}
}

// outbid notes that another ProxyDHCP server offered a boot for a transaction, before or after its DISCOVER was answered
// here.
func (r *Responder) outbid(mac boot.MAC, xid uint32, now time.Time) {
	if mac.IsZero() {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.session(mac)
	if s.rom.same(xid, now) {
		s.outbid = true
	} else {
		s.other = attempt{xid, now}
	}
}
