// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"fmt"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"
	"golang.org/x/time/rate"

	"github.com/bootlace-net/bootlace/boot"
)

// defaultMachines is how many machines have a session, unless Limits say it.
const defaultMachines = 65536

// Times that tell one boot from another.
const (
	// sessionAge is how long the same transaction id means the same attempt: EDK2's last try comes 28 s after its first and
	// lasts 32 s (PxeBcDhcp4.h). iPXE takes the same id in every boot of a machine.
	sessionAge = 60 * time.Second
	// retryAge tells a client's second try from a duplicate or from iPXE's quick repetition after 1 s: PXE ROMs wait 4 s
	// first (PXE 2.1 section 2.4.1).
	retryAge = 3 * time.Second
	// takenAge is how long after an offer its failure is still blamed on the offer.
	takenAge = 10 * time.Minute
)

// session is what DHCP itself has to remember of a machine while it boots; what is worth more is in its [boot.History].
type session struct {
	rom     attempt       // of its ROM, by PXE over IPv4
	other   attempt       // for which the same was heard, before its own packet
	later   attempt       // of an iPXE or of UEFI HTTP Boot
	six     attempt       // over IPv6
	disk    attempt       // in which it was sent to its disk at once
	offered attempt       // over IPv4, to which it got an offer to boot
	first   moment        // it asked for an answer
	rate    *rate.Limiter // once it asked again
	iface   string        // where its last DISCOVER came in
	heard   moment
	outbid  bool // for rom, another ProxyDHCP server was heard to make an offer too
}

// sessions are those of the machines that were heard last; the one not heard of for longest gives way.
type sessions = simplelru.LRU[boot.MAC, *session]

// session gives that of a machine. The lock is held.
func (r *Responder) session(key boot.MAC) *session {
	if r.sessions == nil {
		n := r.Limits.Machines
		if n <= 0 {
			n = defaultMachines
		}
		r.rate = limiter(r.Limits.PerSecond)
		r.sessions, _ = simplelru.NewLRU[boot.MAC, *session](n, nil) // fails only for a size that is not positive
	}
	if s, ok := r.sessions.Get(key); ok {
		return s
	}
	s := &session{}
	r.sessions.Add(key, s)
	return s
}

// known reports whether a machine has been answered or refused before; ordinary clients have no session.
func (r *Responder) known(mac boot.MAC) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.sessions != nil && r.sessions.Contains(mac)
}

// learn changes the history of a machine. What cannot be told from others has none.
func (r *Responder) learn(x *exchange, change func(*boot.History)) {
	if r.Machines != nil && x.key != nameless() {
		r.Machines.Learn(x.key, change)
		return
	}
	change(new(boot.History))
}

// throttle refuses those who ask too often, and notices a DISCOVER that comes in twice.
func (r *Responder) throttle(x *exchange) Verdict {
	now := x.arrival.Time
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.session(x.key)
	x.session, x.now = s, r.moment(now)
	x.fresh = s.begins(x)
	switch {
	case !r.patient(s, x):
		return SilentRate
	case !r.rate.AllowN(now, 1):
		return SilentFlood
	case x.opening && !x.six && x.key != nameless():
		x.note = s.hear(x.arrival.Interface, x.now)
	}
	return verdictNone
}

// patient reports whether a machine asks no more often than it may. Who asks for the first time does, and most of a flood never
// ask again.
func (r *Responder) patient(s *session, x *exchange) bool {
	if s.first == 0 {
		s.first = x.now
		return true
	}
	if s.rate == nil {
		s.rate = limiter(r.Limits.PerMAC)
		s.rate.AllowN(x.arrival.Time.Add(-x.now.age(s.first)), 1)
	}
	return s.rate.AllowN(x.arrival.Time, 1)
}

// begins reports whether a request is the first of its exchange.
func (s *session) begins(x *exchange) bool {
	now, rom := x.now, x.client.Stage == boot.StageROM
	switch {
	case x.key == nameless():
		return false
	case x.six:
		return (x.opening || !rom) && !s.six.same(x.xid, now)
	case !x.opening:
		return false
	case rom && x.client.Class != boot.ClassHTTP:
		return !s.rom.same(x.xid, now) && !s.disk.same(x.xid, now)
	}
	return !s.later.same(x.xid, now)
}

// hear notices a DISCOVER that comes in by another interface than the one just before.
func (s *session) hear(name string, now moment) (note string) {
	if s.iface != "" && s.iface != name && now.age(s.heard) < time.Second {
		note = fmt.Sprintf("machines' packets come in by %s and by %s, so that they get two answers: serve only one of them (server.interfaces)",
			min(s.iface, name), max(s.iface, name))
	}
	s.iface, s.heard = name, now
	return note
}

// overhear learns from what a machine asks the DHCP server. With our offer in hand it goes on to a boot. What it asks in a
// transaction of its own, without a word of booting, its system asks: it runs, and its boots so far were no loop.
func (r *Responder) overhear(x *exchange, system bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.sessions == nil {
		return
	}
	s, ok := r.sessions.Peek(x.key)
	if x.now = r.moment(x.arrival.Time); ok {
		r.watch(x, s)
	}
	switch {
	case !ok:
	case x.xid == s.rom.xid:
		r.learn(x, func(h *boot.History) { h.Note(boot.EvidenceRequest) })
	case system && x.xid != s.later.xid && x.xid != s.six.xid && x.xid != s.disk.xid:
		r.learn(x, (*boot.History).Arrived)
	}
}

// outbid notes that another ProxyDHCP server, or a DHCP server with option 60, offered a boot for a transaction, before or after
// its DISCOVER was answered here.
func (r *Responder) outbid(mac boot.MAC, xid uint32, now time.Time) {
	if mac.IsZero() {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	s, at := r.session(mac), r.moment(now)
	if s.rom.same(xid, at) {
		s.outbid = true
	} else {
		s.other = attempt{at, xid}
	}
}

// limiter lets so many pass in a second, and at first as many at once.
func limiter(perSecond int) *rate.Limiter {
	if perSecond <= 0 {
		return rate.NewLimiter(rate.Inf, 0)
	}
	return rate.NewLimiter(rate.Limit(perSecond), perSecond)
}
