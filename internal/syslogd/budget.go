// SPDX-License-Identifier: Apache-2.0

package syslogd

import (
	"net/netip"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"
	"golang.org/x/time/rate"
)

// Limits are how much is taken. A zero field takes its default.
type Limits struct {
	PerAddress, PerAddressAtOnce int // lines a second of one address, and how many at once: a kernel says all of its start at once
	All, AllAtOnce               int // of all addresses together
	Addresses                    int // that are told apart
}

func (l *Limits) complete() {
	for _, d := range []struct {
		field *int
		value int
	}{{&l.PerAddress, 200}, {&l.PerAddressAtOnce, 3000}, {&l.All, 5000}, {&l.AllAtOnce, 50000}, {&l.Addresses, 8192}} {
		if *d.field <= 0 {
			*d.field = d.value
		}
	}
}

// budget lets lines pass.
type budget struct {
	mu       sync.Mutex
	limits   Limits
	all      *rate.Limiter
	senders  *simplelru.LRU[netip.Addr, *sender]
	stranger time.Time // when one was told of
}

// sender is what is remembered of an address that is a machine's.
type sender struct {
	rate    *rate.Limiter
	omitted int // lines that were not told of yet
	pieces  pieces
}

func newBudget(l Limits) *budget {
	l.complete()
	b := &budget{limits: l, all: rate.NewLimiter(rate.Limit(l.All), l.AllAtOnce)}
	b.senders, _ = simplelru.NewLRU[netip.Addr, *sender](l.Addresses, nil) // fails only for a size that is not positive
	return b
}

// verdict is what became of the lines of a datagram.
type verdict struct {
	lines     []Line
	omitted   int // before these
	talkative int // left out because of their address
	flood     int // because of all
}

// pass puts the parts of messages together, and leaves out what is too much.
func (b *budget) pass(from netip.Addr, parsed []Line, now time.Time) (v verdict) {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := b.sender(from)
	var whole []Line
	for _, l := range parsed {
		whole = s.pieces.add(l, whole)
	}
	for _, l := range whole {
		switch {
		case !s.rate.AllowN(now, 1):
			v.talkative++
		case !b.all.AllowN(now, 1):
			v.flood++
		default:
			v.lines = append(v.lines, l)
			continue
		}
	}
	if len(v.lines) > 0 {
		v.omitted, s.omitted = s.omitted, 0
	}
	s.omitted += v.talkative + v.flood
	return v
}

func (b *budget) sender(from netip.Addr) *sender {
	if s, ok := b.senders.Get(from); ok {
		return s
	}
	s := &sender{rate: rate.NewLimiter(rate.Limit(b.limits.PerAddress), b.limits.PerAddressAtOnce)}
	b.senders.Add(from, s)
	return s
}

// toldOfStrangers is how often it is worth a line that somebody talks who is no machine.
const toldOfStrangers = 10 * time.Minute

// tellStranger reports whether it is time to.
func (b *budget) tellStranger(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.stranger.IsZero() && now.Sub(b.stranger) < toldOfStrangers {
		return false
	}
	b.stranger = now
	return true
}
