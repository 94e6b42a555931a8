// SPDX-License-Identifier: Apache-2.0

package fetch

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// run asks until all is there, or it is of no use to ask again.
func (d *download) run(ctx context.Context) error {
	c := d.client()
	defer c.CloseIdleConnections()
	tries, most := 0, d.have // the most that there ever was: starting over is no progress
	for {
		err := d.ask(ctx, c)
		if err == nil {
			return nil
		}
		if tries++; d.have > most {
			tries, most = 1, d.have
		}
		if ctx.Err() != nil {
			return fmt.Errorf("%s: %w", d.url.Redacted(), ctx.Err())
		}
		var final finalError
		if errors.As(err, &final) {
			return named(d, final.error)
		}
		if tries >= cmp.Or(d.Tries, 5) {
			return fmt.Errorf("%w; given up after %d tries", named(d, err), tries)
		}
		if err := d.wait(ctx, tries, err); err != nil {
			return err
		}
	}
}

// named puts the address before an error that has none.
func named(d *download, err error) error {
	var s *StatusError
	if errors.As(err, &s) {
		return err
	}
	return fmt.Errorf("%s: %w", d.url.Redacted(), err)
}

// wait waits longer each time, and as long as the server asks for; never all at once with others that wait for the same.
func (d *download) wait(ctx context.Context, tries int, err error) error {
	pause := min(cmp.Or(d.Pause, time.Second)<<(tries-1), 30*time.Second)
	pause += rand.N(pause/4 + 1)
	var s *StatusError
	if errors.As(err, &s) {
		pause = max(pause, s.after)
	}
	if d.Retry != nil {
		d.Retry(d.url.Redacted(), err, pause)
	}
	select {
	case <-ctx.Done():
		return fmt.Errorf("%s: %w", d.url.Redacted(), ctx.Err())
	case <-time.After(pause):
		return nil
	}
}

// watched gives a context that ends when nothing has come for a while; the function says that something has.
func (d *download) watched(ctx context.Context) (context.Context, func(), context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	patience := d.patience()
	timer := time.AfterFunc(patience, func() { cancel(fmt.Errorf("nothing has come for %v", patience)) })
	return ctx, func() { timer.Reset(patience) }, func() { timer.Stop(); cancel(nil) }
}
