// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"sync"
	"time"

	"github.com/bootlace-net/bootlace/internal/machines"
	"github.com/bootlace-net/bootlace/internal/site"
)

// unnamedLasts is how long a count is told again: each one plans for all machines, a tenth of a second of a processor for 10,000.
const unnamedLasts = 30 * time.Second

// unnamed counts the machines that nobody named.
type unnamed struct {
	memory *machines.Memory
	site   func() *site.Site

	mu   sync.Mutex
	at   time.Time
	last int
}

// Count counts them, at most every half minute.
func (u *unnamed) Count() int {
	u.mu.Lock()
	defer u.mu.Unlock()
	if now := time.Now(); now.Sub(u.at) >= unnamedLasts {
		u.at, u.last = now, u.count()
	}
	return u.last
}

func (u *unnamed) count() (n int) {
	catalog := u.site().Catalog
	for _, key := range u.memory.Keys() {
		if k, ok := u.memory.Look(key); ok {
			if p := catalog.Plan(k.Client); p.Host == nil && len(p.Groups) == 0 {
				n++
			}
		}
	}
	return n
}
