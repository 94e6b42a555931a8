// SPDX-License-Identifier: Apache-2.0

package machines

import (
	"net/netip"
	"time"

	"github.com/bootlace-net/bootlace/boot"
)

// Known is what is known of one machine.
type Known struct {
	Key       boot.MAC
	Client    boot.Client
	History   boot.History
	Addrs     []netip.Addr    // those that it has, the newest last
	Inventory *boot.Inventory // what its loader said that it runs on; nil: nothing
	Heard     time.Time       // of its last event or address; zero: of neither
	Stepped   time.Time       // when its last step was, lines of its log aside; zero: none is known
	Wrong     bool            // that step is one that an operator should look at
}

// Keys lists the machines, the one not heard of for longest first.
func (m *Memory) Keys() []boot.MAC {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.known.Keys()
}

// Look gives what is known of a machine, which is not heard of by that.
func (m *Memory) Look(key boot.MAC) (Known, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r, ok := m.known.Peek(key)
	if !ok {
		return Known{}, false
	}
	k := Known{Key: key, Client: r.facts.client(), History: m.history(&r.past), Inventory: m.inventories[key]}
	if k.Client.MAC.IsZero() && !key.IsGroup() { // only a name that it asked for told of it
		k.Client.MAC = key
	}
	for _, l := range r.addrs {
		if l.owner != r || m.now().Sub(l.at) >= m.keep {
			continue
		}
		k.Addrs = append(k.Addrs, l.addr)
		k.Heard = later(k.Heard, l.at)
	}
	for _, events := range r.events {
		if n := len(events); n > 0 {
			k.Heard = later(k.Heard, events[n-1].time)
		}
	}
	if n := len(r.events[steps]); n > 0 {
		k.Stepped, k.Wrong = r.events[steps][n-1].time, r.events[steps][n-1].level >= boot.LevelWarn
	}
	return k, true
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// Forget lets go of all that is known of a machine, and says whether it was known.
func (m *Memory) Forget(key boot.MAC) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.known.Remove(key) {
		return false
	}
	m.evicted-- // nothing gave way
	return true
}

// Told is an event of a story. Numbers grow with time over all machines, and begin with 1.
type Told struct {
	boot.Event
	Number uint64
}

// Since gives what happened to a machine after an event's number, the oldest first: 0 gives all of its story. The
// network's is that of the zero key.
func (m *Memory) Since(key boot.MAC, number uint64) []Told {
	m.mu.Lock()
	defer m.mu.Unlock()
	owner := &m.story.network
	if r, ok := m.known.Peek(key); ok {
		owner = r
	} else if !key.IsZero() {
		return nil
	}
	var out []Told
	for _, e := range owner.told() {
		if n := e.order + 1; n > number {
			out = append(out, Told{e.told(), n})
		}
	}
	return out
}
