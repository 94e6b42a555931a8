// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"github.com/bootlace-net/bootlace/boot"
)

// acknowledge answers on port 4011 in the style of the offer that brought the client there.
func (r *Responder) acknowledge(x *exchange, list []boot.Strategy) {
	x.why = "asked on port " + x.arrival.Role.String()
	r.learn(x, func(h *boot.History) {
		x.strategy = list[0]
		switch pinned := x.pinned(); {
		case len(list) == 1:
		case pinned != boot.StrategyAuto:
			x.strategy = pinned
		case h.Offered != boot.StrategyAuto:
			x.strategy = h.Offered
		}
		h.Asked = x.arrival.Time
		if x.client.Stage == boot.StageROM {
			h.Note(boot.EvidenceBINL)
		}
	})
}

// chooseLater is for clients with one strategy: HTTP Boot, and an iPXE, which proves that the ROM's offer was taken.
func (r *Responder) chooseLater(x *exchange, s *session, only boot.Strategy) {
	s.later = attempt{x.now, x.xid}
	r.learn(x, func(h *boot.History) {
		x.strategy, x.why = only, "the only one for this kind of client"
		if x.client.Stage == boot.StageROM {
			r.count(x, h)
			return
		}
		h.Note(boot.EvidenceFetched)
		switch looping := r.count(x, h); {
		case looping:
		case only == boot.StrategyIPXE && x.needsUpgrade() && h.Upgrades < 2:
			x.strategy, x.why = boot.StrategySkip, "this iPXE cannot boot a kernel: ours first"
			if x.fresh {
				h.Upgrades++
			}
		case x.fresh:
			h.Upgrades = 0
		}
	})
}

// chooseSix is for DHCPv6, which has one strategy for each kind of client.
func (r *Responder) chooseSix(x *exchange, s *session, only boot.Strategy) {
	if x.opening || x.client.Stage != boot.StageROM {
		s.six = attempt{x.now, x.xid}
	}
	x.strategy, x.why = only, "DHCPv6"
	r.learn(x, func(h *boot.History) { r.count(x, h) })
}
