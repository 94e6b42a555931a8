// SPDX-License-Identifier: Apache-2.0

package simnet

import (
	"container/heap"
	"time"
)

// flight is a packet under way. Timers of one instant fire in any order; packets arrive in the order they were sent.
type flight struct {
	at  time.Time
	seq int
	p   Packet
}

type flights []flight

func (f flights) Len() int { return len(f) }
func (f flights) Less(i, j int) bool {
	return f[i].at.Before(f[j].at) || f[i].at.Equal(f[j].at) && f[i].seq < f[j].seq
}
func (f flights) Swap(i, j int) { f[i], f[j] = f[j], f[i] }

// Push implements heap.Interface.
func (f *flights) Push(x any) { *f = append(*f, x.(flight)) }

// Pop implements heap.Interface.
func (f *flights) Pop() any {
	last := (*f)[len(*f)-1]
	*f = (*f)[:len(*f)-1]
	return last
}

// depart delivers p after late. The lock is held.
func (n *Net) depart(p Packet, late time.Duration) {
	if late <= 0 {
		n.deliver(p)
		return
	}
	n.seq++
	heap.Push(&n.air, flight{time.Now().Add(late), n.seq, p})
	time.AfterFunc(late, n.land)
}

// land delivers what has arrived by now.
func (n *Net) land() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for len(n.air) > 0 && !n.air[0].at.After(time.Now()) {
		n.deliver(heap.Pop(&n.air).(flight).p)
	}
}
