// SPDX-License-Identifier: Apache-2.0

package lives

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/machines/life"
)

// Errors that are reasons to send a machine to its disk.
var (
	errNameless = errors.New("it tells nothing by which to know it again")
	errTooMany  = fmt.Errorf("there are %d lives already", mostLives)
	errSlow     = errors.New("the store takes too long")
)

// Grant is the answer to a request for a file that can install.
type Grant struct {
	life.Status
	Boot   life.Boot   // the boot that the machine is in
	Tokens boot.Tokens // of the attempt, to be written into the file; nil: it does not install
}

// Grant decides about a file that can install. When it says that the machine installs, that is stored. From is who asks; claim is
// what a token proves, if it asked by one.
func (l *Lives) Grant(ctx context.Context, m Machine, ev life.Event, from string) Grant {
	ev.Kind = life.Asked
	ev = l.filled(&m, ev)
	e, refused := l.begin(&m)
	if e == nil {
		l.tell(&m, refused.Effects)
		return Grant{Status: refused.Status}
	}
	e.mu.Lock()
	l.stamp(&ev)
	c := e.see(m, ev)
	g := Grant{Boot: c.sight.Boot()}
	t := e.ask(c, from)
	if e.waitFor(c) {
		c.waits = true
		e.add(c)
		l.writeSoon(e)
		e.mu.Unlock()
		return l.stored(ctx, e, c, t, g)
	}
	o := c.result // a writer may make it anew once it is pending
	if o.Changed {
		e.add(c)
		l.writeSoon(e)
	}
	e.sight = e.sight.After(o, ev)
	e.mu.Unlock()
	l.tell(&m, o.Effects)
	return g.of(o, t)
}

// ask makes the change of a request for a file, with tokens if there are none that are good yet. The entry's lock is held.
func (e *entry) ask(c *change, from string) *tokens {
	o := c.on(e.ahead)
	if o.Status.Serve != life.ServeInstall || e.tokens.in(o.Record) && e.tokens.addr == from {
		return e.tokens
	}
	e.tokens = mint(from)
	c.event.Tokens = e.tokens.kept()
	c.on(e.ahead)
	return e.tokens
}

// waitFor says that a change may be answered only when the store has it, or what it builds on. The entry's lock is held.
func (e *entry) waitFor(c *change) bool {
	return c.result.Durable || e.awaited() || e.damaged != nil
}

// stored waits until a change is stored, and answers.
func (l *Lives) stored(ctx context.Context, e *entry, c *change, t *tokens, g Grant) Grant {
	err := l.await(ctx, c)
	e.mu.Lock()
	o, m := c.result, e.m
	if err != nil {
		e.drop(c)
		o = refuse(&m, err)
	}
	e.sight = e.sight.After(o, c.event)
	e.mu.Unlock()
	if err != nil { // what is stored is told by who stored it
		l.tell(&m, o.Effects)
	}
	return g.of(o, t)
}

// mostWaiting is how many wait for a store that hangs: who opens files for other machines must not wait with them.
const mostWaiting = 8

// await waits for the store, but not for long.
func (l *Lives) await(ctx context.Context, c *change) error {
	defer l.waiting.Add(-1)
	if l.waiting.Add(1) > mostWaiting && l.hangs.Load() {
		return errSlow
	}
	t := time.NewTimer(l.o.Wait)
	defer t.Stop()
	select {
	case <-c.done:
		return c.err
	case <-t.C:
		l.hangs.Store(true)
		return errSlow
	case <-ctx.Done():
		return ctx.Err()
	}
}

// of completes the answer.
func (g Grant) of(o life.Result, t *tokens) Grant {
	g.Status = o.Status
	if g.Serve == life.ServeInstall && t.in(o.Record) {
		g.Tokens = t
	}
	return g
}
