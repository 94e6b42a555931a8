// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"sync"
	"time"
)

// mtus remembers the MTU of interfaces for a while: asking takes several system calls.
type mtus struct {
	mu    sync.Mutex
	known map[int]mtu
}

type mtu struct {
	value int
	until time.Time
}

// of gives the MTU of interface ifi; 0 when it is not known.
func (m *mtus) of(n network, ifi int) int {
	if ifi == 0 {
		return 0
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	now := time.Now()
	if k, ok := m.known[ifi]; ok && now.Before(k.until) {
		return k.value
	}
	if m.known == nil || len(m.known) > 1024 {
		m.known = make(map[int]mtu)
	}
	v := n.mtu(ifi)
	m.known[ifi] = mtu{v, now.Add(10 * time.Second)}
	return v
}
