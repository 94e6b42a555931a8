// SPDX-License-Identifier: Apache-2.0

package api

import (
	"sync"
	"sync/atomic"
)

// News wakes those who follow stories. The zero value is ready.
type News struct {
	awaited atomic.Bool // so that who brings news pays nothing when nobody waits
	mu      sync.Mutex
	bell    chan struct{}
}

// Ring says that there is something new. It never waits.
func (n *News) Ring() {
	if !n.awaited.Load() {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.awaited.CompareAndSwap(true, false) {
		close(n.bell)
	}
}

// next gives what is closed at the next news. Who looks at a story after asking for it misses nothing.
func (n *News) next() <-chan struct{} {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.awaited.CompareAndSwap(false, true) {
		n.bell = make(chan struct{})
	}
	return n.bell
}
