// SPDX-License-Identifier: Apache-2.0

package machines

import "github.com/bootlace-net/bootlace/boot"

// Touched gives the machines whose stories have grown after an event's number, and the newest number of all.
func (m *Memory) Touched(after uint64) (keys []boot.MAC, newest uint64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	seen := make(map[*machine]bool)
	for i := range m.story.shelves {
		for e := m.story.shelves[i].last; e != nil && e.order+1 > after; e = e.before {
			if r := e.owner; !seen[r] && r != &m.story.network {
				seen[r] = true
				keys = append(keys, r.key)
			}
		}
	}
	return keys, m.story.next
}
