// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"fmt"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/dhcp4"
)

// Defaults of Limits.
const (
	defaultMachines  = 65536
	defaultPerMAC    = 20
	defaultPerSecond = 100000
	defaultWithin    = 30 * time.Minute
)

// scriptsPerBoot is how many of its DHCP exchanges an iPXE may need in one boot: one for the ROM's, one for ours, and the
// repetitions of a slow link.
const scriptsPerBoot = 4

func (l *Limits) perMAC() float64    { return orDefault(l.PerMAC, defaultPerMAC) }
func (l *Limits) perSecond() float64 { return orDefault(l.PerSecond, defaultPerSecond) }
func (l *Limits) machines() int      { return max(1, orDefault(l.Machines, defaultMachines)) }
func (l *Limits) within() time.Duration {
	return orDefault(l.Within, defaultWithin)
}

func orDefault[T int | float64 | time.Duration](v, def T) T {
	if v == 0 {
		return def
	}
	return v
}

// recall gives the record of a machine. The lock is held.
func (r *Responder) recall(key boot.MAC) *record {
	if r.memory == nil {
		r.memory = newMemory(r.Limits.machines())
	}
	return r.memory.of(key)
}

// throttle refuses those who ask too often, and notices a DISCOVER that comes in twice.
func (r *Responder) throttle(x *exchange, ans *Answer) Verdict {
	now := x.arrival.Time
	r.mu.Lock()
	defer r.mu.Unlock()
	rec := r.recall(x.key)
	if !rec.rate.take(now, r.Limits.perMAC(), r.Limits.perMAC()) {
		return SilentRate
	}
	if !r.rate.take(now, r.Limits.perSecond(), r.Limits.perSecond()) {
		return SilentFlood
	}
	if x.msg.Type == dhcp4.Discover && x.key != nameless() {
		rec.hear(x.arrival.Interface, now, ans)
	}
	return verdictNone
}

// hear notices a DISCOVER that comes in by another interface than the one just before.
func (r *record) hear(name string, now time.Time, ans *Answer) {
	if r.iface != "" && r.iface != name && now.Sub(r.heard) < time.Second {
		ans.twice = true
		ans.Note = fmt.Sprintf("machines' packets come in by %s and by %s, so that they get two answers: serve only one of them (server.interfaces)",
			min(r.iface, name), max(r.iface, name))
	}
	r.iface, r.heard = name, now
}

// strategy chooses the style of the answer and counts boots.
func (r *Responder) strategy(x *exchange, ans *Answer) Verdict {
	pinned := x.apply(x.plan.Strategy)
	if pinned == Silent {
		x.strategy = Silent
		return SilentPinned
	}
	var room [3]Strategy
	list := candidates(room[:0], &x.client, x.kind, x.plan.Loader)
	r.mu.Lock()
	defer r.mu.Unlock()
	rec := r.recall(x.key)
	switch {
	case x.key == nameless(): // it could be several machines
		x.strategy, ans.Why = list[0], "usual for this kind of client"
		if pinned != Auto {
			x.strategy, ans.Why = pinned, "pinned by the configuration"
		}
	case x.msg.Type != dhcp4.Discover:
		x.acknowledge(rec, list, pinned, ans)
	case x.client.Stage != boot.StageROM || x.client.Class == boot.ClassHTTP:
		r.later(x, rec, list[0], ans)
	default:
		c := rec.choose(x.arrival.Time, x.msg.XID, list, pinned, r.enough(x))
		x.strategy, ans.Why, ans.Fresh = c.strategy, c.why, c.fresh
		r.count(&rec.returns, x, ans, r.Limits.Returns)
	}
	return verdictNone
}

// apply says what a pinned strategy means for this client: styles of PXE mean nothing to an HTTP client or to iPXE, which
// have their own.
func (x *exchange) apply(pinned Strategy) Strategy {
	own := x.client.Class == boot.ClassHTTP || x.client.Stage != boot.StageROM
	if own && pinned != Silent || x.client.Class != boot.ClassHTTP && pinned == HTTP {
		return Auto
	}
	return pinned
}

// acknowledge answers on port 4011 in the style of the offer that brought the client there.
func (x *exchange) acknowledge(rec *record, list []Strategy, pinned Strategy, ans *Answer) {
	x.strategy, ans.Why = list[0], "asked on port "+x.arrival.Role.String()
	switch {
	case len(list) == 1:
	case pinned != Auto:
		x.strategy = pinned
	case rec.strategy != Auto:
		x.strategy = rec.strategy
	}
	if x.client.Stage == boot.StageROM {
		rec.note(evidenceBINL)
	}
}

// later is for clients with one strategy: HTTP Boot, and an iPXE, which proves that the ROM's offer was taken.
func (r *Responder) later(x *exchange, rec *record, only Strategy, ans *Answer) {
	now := x.arrival.Time
	x.strategy, ans.Why = only, "the only one for this kind of client"
	ans.Fresh = rec.asked != x.msg.XID || now.Sub(rec.askedAt) > sessionAge
	rec.asked, rec.askedAt = x.msg.XID, now
	if x.client.Stage == boot.StageROM {
		r.count(&rec.returns, x, ans, r.Limits.Returns)
		return
	}
	rec.note(evidenceFetched)
	if only == IPXE && needsUpgrade(x.msg, &x.client, x.plan.Loader) && rec.upgrades < 2 {
		if ans.Fresh {
			rec.upgrades++
		}
		x.strategy, ans.Why = Skip, "this iPXE cannot boot a kernel: ours first"
	} else if ans.Fresh {
		rec.upgrades = 0
	}
	r.count(&rec.scripts, x, ans, r.Limits.Returns*scriptsPerBoot)
}

// count notices a machine that comes back too often.
func (r *Responder) count(c *counter, x *exchange, ans *Answer, most int) {
	if most <= 0 {
		return
	}
	n := c.n
	if ans.Fresh {
		n = c.add(x.arrival.Time, r.Limits.within())
	} else if x.arrival.Time.Sub(c.since) > r.Limits.within() {
		n = 0
	}
	if n > most {
		ans.Looping = n
	}
}

// enough is the evidence that an offer was a good one. Fetches are known by hardware address only.
func (r *Responder) enough(x *exchange) evidence {
	if r.Fetches && !x.client.MAC.IsZero() {
		return evidenceFetched
	}
	return evidenceRequest
}

// noteRequest remembers that a machine went on to the DHCP server with our offer in hand.
func (r *Responder) noteRequest(x *exchange) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.memory == nil {
		return
	}
	if rec := r.memory.known(x.key); rec != nil && rec.xid == x.msg.XID {
		rec.note(evidenceRequest)
	}
}
