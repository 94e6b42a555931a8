// SPDX-License-Identifier: Apache-2.0

package httpd

import (
	"context"
	"net/netip"
	"sync"

	"golang.org/x/time/rate"
)

// atOnce is how much leaves at once where there is a rate, in bytes: clients share a line more evenly by small pieces.
const atOnce = 64 << 10

// rates bounds how fast bytes leave: all together, and to each client. nil bounds nothing.
type rates struct {
	all  *rate.Limiter // nil: no bound
	each int64         // bytes per second of one client; 0: no bound

	mu      sync.Mutex
	clients map[netip.Addr]*client // that are being served now
}

// client is one that is being served, by one request or more.
type client struct {
	*rate.Limiter
	requests int
}

func newRates(all, each int64) *rates {
	if all <= 0 && each <= 0 {
		return nil
	}
	r := &rates{each: each, clients: make(map[netip.Addr]*client)}
	if all > 0 {
		r.all = bucket(all)
	}
	return r
}

// bucket holds a piece at least, for nobody can be let wait for more than it ever holds.
func bucket(perSecond int64) *rate.Limiter { return rate.NewLimiter(rate.Limit(perSecond), atOnce) }

// pace is how fast one request may send.
type pace struct {
	ctx    context.Context
	bounds []*rate.Limiter
	end    func()
}

// of gives the pace of a request; end is to be called when it is over.
func (r *rates) of(ctx context.Context, from netip.Addr) *pace {
	p := &pace{ctx: ctx, end: func() {}}
	if r == nil {
		return p
	}
	if r.all != nil {
		p.bounds = append(p.bounds, r.all)
	}
	if r.each > 0 {
		p.bounds, p.end = append(p.bounds, r.join(from)), func() { r.leave(from) }
	}
	return p
}

func (r *rates) join(from netip.Addr) *rate.Limiter {
	r.mu.Lock()
	defer r.mu.Unlock()
	c := r.clients[from]
	if c == nil {
		c = &client{Limiter: bucket(r.each)}
		r.clients[from] = c
	}
	c.requests++
	return c.Limiter
}

func (r *rates) leave(from netip.Addr) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if c := r.clients[from]; c != nil {
		if c.requests--; c.requests == 0 {
			delete(r.clients, from)
		}
	}
}

// most is how much may be sent at once, of so much.
func (p *pace) most(n int64) int64 {
	if len(p.bounds) == 0 {
		return n
	}
	return min(n, atOnce)
}

// wait waits until so much may be sent, which most has allowed. The error is that the client is gone.
func (p *pace) wait(n int64) error {
	for _, b := range p.bounds {
		if err := b.WaitN(p.ctx, int(min(n, atOnce))); err != nil {
			return err
		}
	}
	return nil
}
