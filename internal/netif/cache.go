// SPDX-License-Identifier: Apache-2.0

package netif

import (
	"sync"
	"time"
)

// Age is how long a reading of the system is believed. What appears later, or changes, counts after this time at the
// latest, without a restart: less than the four seconds after which firmware repeats its first DISCOVER (RFC 2131 section
// 4.1), so that a machine loses one round at most, and long enough that a storm of requests costs one reading.
const Age = 2 * time.Second

// missAge is how old a reading must be to be read again for a question that it cannot answer: a stranger's packets, or an
// interface that came just now.
const missAge = Age / 10

// cache keeps the last reading of something.
type cache[T any] struct {
	mu    sync.Mutex
	value T
	at    time.Time
}

// get gives a reading that is young enough, and, if it can be had, one in which the answer is. When reading fails, what was
// known goes on.
func (c *cache[T]) get(now time.Time, read func() (T, error), answers func(T) bool) T {
	c.mu.Lock()
	defer c.mu.Unlock()
	if age := now.Sub(c.at); c.at.IsZero() || age > Age || age > missAge && !answers(c.value) {
		if v, err := read(); err == nil || c.at.IsZero() {
			c.value = v
		}
		c.at = now
	}
	return c.value
}

// put keeps a reading that was made otherwise.
func (c *cache[T]) put(now time.Time, v T) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.value, c.at = v, now
}
