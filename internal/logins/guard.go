// SPDX-License-Identifier: Apache-2.0

package logins

import (
	"net/netip"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"
	"golang.org/x/time/rate"
)

// How often a login may fail: a person who mistypes is not hindered, somebody who guesses gets nowhere.
const (
	failuresAtOnce = 10
	failuresEvery  = 6 * time.Second // one more, for each address
	failuresOfAll  = 20              // a second, whatever the addresses are
	watched        = 4096            // addresses that are remembered
)

// guard slows down who guesses.
type guard struct {
	mu   sync.Mutex
	by   *simplelru.LRU[netip.Prefix, *rate.Limiter]
	all  *rate.Limiter
	hash chan struct{} // each hash takes 19 MiB: two at once
}

func newGuard() *guard {
	by, _ := simplelru.NewLRU[netip.Prefix, *rate.Limiter](watched, nil) // fails for sizes below 1 only
	return &guard{by: by, all: rate.NewLimiter(failuresOfAll, 2*failuresOfAll), hash: make(chan struct{}, 2)}
}

// network is what one attacker has: an address of IPv4, a network of 64 bits of IPv6.
func network(a netip.Addr) netip.Prefix {
	a = a.Unmap()
	bits := 32
	if a.Is6() {
		bits = 64
	}
	p, _ := a.WithZone("").Prefix(bits) // no address: all of these share one
	return p
}

func (g *guard) limiter(from netip.Addr) *rate.Limiter {
	key := network(from)
	if l, ok := g.by.Get(key); ok {
		return l
	}
	l := rate.NewLimiter(rate.Every(failuresEvery), failuresAtOnce)
	g.by.Add(key, l)
	return l
}

// try counts an attempt as one that fails, before it is looked at: many at once must not get through as one. Who succeeds calls
// forgive. If there were too many already, wait is how long to wait.
func (g *guard) try(from netip.Addr, now time.Time) (forgive func(), wait time.Duration, ok bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	one := g.limiter(from).ReserveN(now, 1)
	if one.DelayFrom(now) > 0 {
		one.CancelAt(now)
		return nil, failuresEvery, false
	}
	all := g.all.ReserveN(now, 1)
	if all.DelayFrom(now) > 0 {
		all.CancelAt(now)
		one.CancelAt(now)
		return nil, time.Second, false
	}
	return func() { all.CancelAt(now); one.CancelAt(now) }, 0, true
}

// matches hashes a password, when it is its turn.
func (g *guard) matches(hash, password string) bool {
	g.hash <- struct{}{}
	defer func() { <-g.hash }()
	return len(password) <= LongestPassword && matches(hash, password)
}
