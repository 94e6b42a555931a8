// SPDX-License-Identifier: Apache-2.0

package machines

import (
	"net/netip"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"

	"github.com/bootlace-net/bootlace/boot"
)

// Defaults and bounds.
const (
	defaultMachines  = 65536 // a large row of racks
	defaultAddresses = 4 * time.Hour
)

// Options are the bounds of a memory. A zero field takes its default.
type Options struct {
	Machines  int              // how many are remembered
	Addresses time.Duration    // how long an address stays tied to a machine without being seen again
	Events    int              // of all stories together
	Lines     int              // of logs, in all stories together
	Now       func() time.Time // the clock
}

// Memory is safe for concurrent use.
type Memory struct {
	keep time.Duration
	now  func() time.Time
	made time.Time

	mu          sync.Mutex
	known       *simplelru.LRU[boot.MAC, *machine]
	addrs       map[netip.Addr]*lease
	duids       map[string]boot.MAC
	inventories map[boot.MAC]*boot.Inventory // what loaders said that they run on
	shared      shared
	story       story
	behind      behind
	evicted     uint64
	learnt      boot.History // room for the one that is changed
}

// machine is one entry.
type machine struct {
	key     boot.MAC
	kept    bool // it was given to the archive
	behind  bool // the archive is to hear of it
	gone    bool // it gave way
	facts   facts
	booting int64 // when its firmware or a loader last asked DHCP for something to boot, as a Unix time
	past    past
	addrs   []*lease             // those it took, the oldest first; some may be others' by now
	events  [shelfCount][]*event // the oldest first
}

// New makes an empty memory.
func New(o Options) *Memory {
	m := &Memory{keep: o.Addresses, now: o.Now, addrs: make(map[netip.Addr]*lease), duids: make(map[string]boot.MAC), inventories: make(map[boot.MAC]*boot.Inventory)}
	if m.keep <= 0 {
		m.keep = defaultAddresses
	}
	if m.now == nil {
		m.now = time.Now
	}
	m.made = m.now()
	size := o.Machines
	if size <= 0 {
		size = defaultMachines
	}
	m.known, _ = simplelru.NewLRU(size, m.forget) // fails only for a size that is not positive
	m.story.init(o.Events, o.Lines, &m.behind)
	return m
}

// See notes what a packet tells of a machine, and gives all that is known of it: what the packet leaves out is what
// earlier ones said. A machine that tells nothing by which to know it again is given back as it is.
func (m *Memory) See(c boot.Client) boot.Client {
	m.mu.Lock()
	defer m.mu.Unlock()
	key := m.identify(&c)
	if key.IsZero() {
		return c
	}
	r := m.of(key)
	m.adopt(key, r, &c)
	if c.Class != boot.ClassNone {
		r.booting = m.now().Unix()
	}
	known := r.facts.client()
	if c = merge(known, c); !sameFacts(&c, &known) {
		r.facts = m.shared.facts(&c)
		m.behind.changed(r)
	}
	m.hold(r, c.Addr)
	return c
}

// Find gives what is known of the machine with a hardware address, or under a key.
func (m *Memory) Find(key boot.MAC) (boot.Client, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if r, ok := m.known.Get(key); ok {
		return r.facts.client(), true
	}
	return boot.Client{}, false
}

// Learn changes the history of a machine in one step. Change must do nothing else: a store that others write to as well
// calls it again when it has to.
func (m *Memory) Learn(key boot.MAC, change func(*boot.History)) {
	if key.IsZero() {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.of(key)
	before := m.history(&r.past)
	m.learnt = before
	if change(&m.learnt); m.learnt != before {
		m.keepHistory(&r.past, &m.learnt)
		m.behind.changed(r)
	}
}

// of finds or makes the entry of a key, and marks it the newest. The lock is held.
func (m *Memory) of(key boot.MAC) *machine {
	if r, ok := m.known.Get(key); ok {
		return r
	}
	r := &machine{key: key}
	m.known.Add(key, r)
	m.behind.changed(r)
	return r
}

// forget lets go of what belongs to a machine that gave way. The lock is held.
func (m *Memory) forget(key boot.MAC, r *machine) {
	m.evicted++
	m.behind.left(r)
	for _, l := range r.addrs {
		m.release(r, l)
	}
	if duid := r.facts.duid(); m.duids[duid] == key {
		delete(m.duids, duid)
	}
	delete(m.inventories, key)
	m.story.drop(r)
}

// Stats are what a memory holds, and what it had to let go of.
type Stats struct {
	Machines, Addresses, Events int
	Evicted                     uint64 // machines that gave way to others
	Dropped                     uint64 // events that gave way to later ones
}

// Stats counts.
func (m *Memory) Stats() Stats {
	m.mu.Lock()
	defer m.mu.Unlock()
	return Stats{m.known.Len(), len(m.addrs), m.story.count(), m.evicted, m.story.dropped}
}
