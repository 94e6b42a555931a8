// SPDX-License-Identifier: Apache-2.0

package lives

import (
	"context"
	"crypto/subtle"
	"errors"
	"net/netip"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"
	"golang.org/x/time/rate"

	"github.com/bootlace-net/bootlace/internal/machines/life"
)

// Errors of tokens.
var (
	ErrToken   = errors.New("no such token")
	ErrAddress = errors.New("the token is another machine's")
	ErrTooMany = errors.New("too many requests with tokens that do not exist")
)

// Bearer is who has a token.
type Bearer struct {
	Machine Machine
	Claim   life.Claim
	Addr    string // that the token was given to
}

// Bearer checks a token that comes from an address, which must be the one that it was given to, or be the machine's own: what it
// installs may ask for an address of its own.
func (l *Lives) Bearer(token string, scope life.Scope, from netip.Addr) (Bearer, error) {
	from = from.Unmap()
	h := hash(token)
	key, ok := l.index.token(h)
	if !ok {
		return Bearer{}, l.misses.miss(from)
	}
	e := l.known(key)
	if e == nil {
		return Bearer{}, l.misses.miss(from)
	}
	e.mu.Lock()
	t, ok := e.stored.Token(h)
	e.mu.Unlock()
	if !ok || subtle.ConstantTimeCompare([]byte(t.Hash), []byte(h)) != 1 || t.Scope != scope {
		return Bearer{}, l.misses.miss(from)
	}
	m, ok := l.find(e)
	if !ok {
		return Bearer{}, ErrToken
	}
	if t.Addr != from.String() && !l.owns(key, from) {
		return Bearer{Machine: m}, ErrAddress
	}
	return Bearer{m, life.Claim{Target: t.Target, Number: t.Number}, t.Addr}, nil
}

// owns reports whether a machine was last seen with an address.
func (l *Lives) owns(key string, addr netip.Addr) bool {
	if l.o.At == nil {
		return false
	}
	m, ok := l.o.At(addr)
	return ok && m.Key == key
}

// Report takes what a machine says of itself by a token: that it is done, that it failed, or a line of its log. What is
// reported is stored when it returns without an error.
func (l *Lives) Report(ctx context.Context, b Bearer, ev life.Event) (life.Result, error) {
	ev.Claim = b.Claim
	m := b.Machine
	ev = l.filled(&m, ev)
	if err := l.Trouble(); err != nil {
		return life.Result{}, err
	}
	e, refused := l.begin(&m)
	if e == nil {
		return refused, ErrToken
	}
	e.mu.Lock()
	l.stamp(&ev)
	c := e.see(m, ev)
	c.on(e.ahead)
	e.sight = e.sight.After(c.result, ev)
	return l.commit(ctx, e, m, c)
}

// Order does what an operator orders. It is stored when it returns without an error; who ordered tells of the effects.
func (l *Lives) Order(ctx context.Context, m Machine, o life.Order) (life.Result, error) {
	if err := l.Trouble(); err != nil {
		return life.Result{}, err
	}
	o.At, _ = l.o.Now()
	l.doubted(&m)
	e, refused := l.begin(&m)
	if e == nil {
		return refused, errNameless
	}
	e.mu.Lock()
	e.m, e.seen = m, true
	c := &change{desired: m.Desired, sight: e.sight, order: &o, done: make(chan struct{})}
	c.on(e.ahead)
	return l.commit(ctx, e, m, c)
}

// commit stores a change, if there is one, and waits for that. The entry's lock is held, and given back.
func (l *Lives) commit(ctx context.Context, e *entry, m Machine, c *change) (life.Result, error) {
	if !c.result.Changed && !e.awaited() && e.damaged == nil {
		e.mu.Unlock()
		if c.order == nil {
			l.tell(&m, c.result.Effects)
		}
		return c.result, nil
	}
	c.waits = true
	e.add(c)
	l.writeSoon(e)
	e.mu.Unlock()
	err := l.await(ctx, c)
	e.mu.Lock()
	defer e.mu.Unlock()
	if err != nil {
		e.drop(c)
	}
	return c.result, err
}

// Life gives what is kept of a machine, and where it is.
func (l *Lives) Life(m Machine) (life.Record, life.Status, error) {
	if err := l.Trouble(); err != nil {
		return life.Record{}, life.Status{}, err
	}
	l.doubted(&m)
	e := l.known(m.Key)
	if e == nil {
		return life.Record{}, life.Derive(m.Desired, life.Record{}, life.Sight{}), nil
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.ahead, life.Derive(m.Desired, e.ahead, e.sight), e.damaged
}

// Limits of guessing tokens. A token cannot be guessed; this is for those who try.
const (
	missesAtOnce = 10
	missesEvery  = 6 * time.Second
	mostMissing  = 1024
)

// misses counts requests with tokens that do not exist, by address.
type misses struct {
	mu sync.Mutex
	by *simplelru.LRU[netip.Addr, *rate.Limiter]
}

func (o *misses) init() { o.by, _ = simplelru.NewLRU[netip.Addr, *rate.Limiter](mostMissing, nil) } // fails only for no size

func (o *misses) miss(from netip.Addr) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	network := from
	if from.Is6() { // who has one address has a network of them
		p, _ := from.Prefix(64) // fails only for too many bits
		network = p.Addr()
	}
	r, ok := o.by.Get(network)
	if !ok {
		r = rate.NewLimiter(rate.Every(missesEvery), missesAtOnce)
		o.by.Add(network, r)
	}
	if r.Allow() {
		return ErrToken
	}
	return ErrTooMany
}
