// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"github.com/bootlace-net/bootlace/boot"
)

// choose takes the style of the answer, and counts boots.
func (r *Responder) choose(x *exchange) {
	list := candidates(x)
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.session(x.key)
	switch {
	case x.six:
		r.chooseSix(x, s, list[0])
	case x.key == nameless(): // it could be several machines
		x.strategy, x.why = list[0], "usual for this kind of client"
		if pinned := x.pinned(); pinned != Auto {
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
func (x *exchange) pinned() Strategy {
	own := x.client.Class == boot.ClassHTTP || x.client.Stage != boot.StageROM
	if own || x.plan.Strategy == HTTP {
		return Auto
	}
	return x.plan.Strategy
}

// acknowledge answers on port 4011 in the style of the offer that brought the client there.
func (r *Responder) acknowledge(x *exchange, list []Strategy) {
	x.why = "asked on port " + x.arrival.Role.String()
	r.learn(x, func(h *boot.History) {
		x.strategy = list[0]
		switch pinned := x.pinned(); {
		case len(list) == 1:
		case pinned != Auto:
			x.strategy = pinned
		case h.Offered != Auto:
			x.strategy = h.Offered
		}
		if x.client.Stage == boot.StageROM {
			h.Note(boot.EvidenceBINL)
		}
	})
}

// chooseLater is for clients with one strategy: HTTP Boot, and an iPXE, which proves that the ROM's offer was taken.
func (r *Responder) chooseLater(x *exchange, s *session, only Strategy) {
	now := x.arrival.Time
	x.fresh = !s.later.same(x.xid, now)
	s.later = attempt{x.xid, now}
	r.learn(x, func(h *boot.History) {
		x.strategy, x.why = only, "the only one for this kind of client"
		if x.client.Stage == boot.StageROM {
			x.returns = r.count(&h.ROM, now, x.fresh, r.Limits.Returns)
			return
		}
		h.Note(boot.EvidenceFetched)
		switch {
		case only == IPXE && x.needsUpgrade() && h.Upgrades < 2:
			x.strategy, x.why = Skip, "this iPXE cannot boot a kernel: ours first"
			if x.fresh {
				h.Upgrades++
			}
		case x.fresh:
			h.Upgrades = 0
		}
		x.returns = r.count(&h.IPXE, now, x.fresh, r.Limits.Returns*scriptsPerBoot)
	})
}

// chooseSix is for DHCPv6, which has one strategy for each kind of client. Its boots have counters of their own: firmware
// that tries IPv4 and then IPv6 boots once.
func (r *Responder) chooseSix(x *exchange, s *session, only Strategy) {
	now, rom := x.arrival.Time, x.client.Stage == boot.StageROM
	if x.opening || !rom {
		x.fresh = x.key != nameless() && !s.six.same(x.xid, now)
		s.six = attempt{x.xid, now}
	}
	x.strategy, x.why = only, "DHCPv6"
	r.learn(x, func(h *boot.History) {
		if rom {
			x.returns = r.count(&h.ROM6, now, x.fresh, r.Limits.Returns)
		} else {
			x.returns = r.count(&h.IPXE6, now, x.fresh, r.Limits.Returns*scriptsPerBoot)
		}
	})
}
