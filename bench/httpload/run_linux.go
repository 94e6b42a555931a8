// SPDX-License-Identifier: Apache-2.0

package httpload

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Run puts the load on the server. An error says that it could not begin.
func Run(ctx context.Context, s Spec) (*Result, error) {
	ctx, cancel := context.WithTimeout(ctx, s.Limit)
	defer cancel()
	clients := make([]*client, 0, s.Clients)
	defer func() {
		for _, c := range clients {
			_ = c.tcp.Close() // nothing more is said
		}
	}()
	for range s.Clients {
		c, err := dial(ctx, &s)
		if err != nil {
			return nil, err
		}
		clients = append(clients, c)
	}
	if err := s.Ready(); err != nil {
		return nil, err
	}
	var r Result
	var mu sync.Mutex
	var group sync.WaitGroup
	began := time.Now()
	for _, c := range clients {
		group.Go(func() {
			done, err := c.run(&s)
			mu.Lock()
			defer mu.Unlock()
			r.Done, r.Failed, r.Bytes, r.Why = r.Done+done, r.Failed+s.Requests-done, r.Bytes+int64(done)*s.Size, errors.Join(r.Why, first(r.Why, err))
		})
	}
	group.Wait()
	r.Elapsed = time.Since(began)
	return &r, nil
}

// first keeps one of a thousand equal errors.
func first(known, err error) error {
	if known != nil {
		return nil
	}
	return err
}
