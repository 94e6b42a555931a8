// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"sync"
	"sync/atomic"
)

// command is something that other goroutines want a lane to do.
type command func(now instant)

// commands is the queue of a lane's commands.
type commands struct {
	some atomic.Bool

	mu    sync.Mutex
	queue []command
	taken []command // the queue that is being worked off: the two change places
}

func (c *commands) waiting() bool { return c.some.Load() }

func (c *commands) add(f command) {
	c.mu.Lock()
	c.queue = append(c.queue, f)
	c.mu.Unlock()
	c.some.Store(true)
}

// take empties the queue. What it gives is valid until the next call.
func (c *commands) take() []command {
	c.some.Store(false)
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.taken)
	c.queue, c.taken = c.taken[:0], c.queue
	return c.taken
}

// do has the lane call f soon. Any goroutine may.
func (l *lane) do(f command) {
	l.commands.add(f)
	l.conn.Wake()
}

// obey does what others asked for.
func (l *lane) obey(now instant) {
	for _, f := range l.commands.take() {
		f(now)
	}
}
