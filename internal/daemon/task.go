// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"
)

// Task is something long-lived. Run returns nil when ctx ends, and an error when it cannot go on.
type Task interface {
	Run(ctx context.Context) error
	String() string
}

// job is a Task made of a name and a function.
type job struct {
	name string
	run  func(ctx context.Context) error
}

func (j job) Run(ctx context.Context) error { return j.run(ctx) }
func (j job) String() string                { return j.name }

// runAll runs every task until ctx ends or one of them fails; the others are then ended too.
func runAll(ctx context.Context, tasks []Task) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, t := range tasks {
		g.Go(func() error {
			if err := t.Run(ctx); err != nil {
				return fmt.Errorf("%s: %w", t, err)
			}
			return nil
		})
	}
	return g.Wait()
}
