// SPDX-License-Identifier: Apache-2.0

package machines

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"

	"github.com/bootlace-net/bootlace/boot"
)

// Behind is how old may be what the archive has.
const Behind = 2 * time.Second

// Recall reads what an archive has, before anything else is done with the memory. From then on the memory notes what changes,
// for Keep.
func (m *Memory) Recall(a Archive) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []recalled
	err := a.All(kindMachines, func(e Entry) error {
		var k keptMachine
		key, err := hex.DecodeString(e.Key)
		if err == nil && len(key) == len(k.key) && json.Unmarshal(e.Value, &k) == nil {
			k.key = boot.MAC(key)
			all = append(all, m.read(&k))
		}
		return nil // one that cannot be read is forgotten
	})
	if err != nil {
		return err
	}
	slices.SortStableFunc(all, func(a, b recalled) int { return a.heard.Compare(b.heard) })
	m.behind = behind{on: true, most: 2 * (m.story.shelves[steps].most + m.story.shelves[lines].most)}
	for i := range all {
		m.recall(&all[i])
	}
	return a.All(kindEvents, func(e Entry) error {
		var k keptEvent
		number, err := hex.DecodeString(e.Key)
		if err == nil && len(number) == 8 && json.Unmarshal(e.Value, &k) == nil {
			m.recallEvent(binary.BigEndian.Uint64(number), &k)
		}
		return nil
	})
}

// recalled is a machine that is not among the others yet, for it has to be known who was heard of last.
type recalled struct {
	machine   *machine
	heard     time.Time
	addrs     []keptLease
	inventory *boot.Inventory
}

// read makes a machine of what is written. The lock is held.
func (m *Memory) read(k *keptMachine) recalled {
	c, h := k.client(), k.history()
	r := &machine{key: k.key, kept: true, facts: m.shared.facts(&c)}
	m.keepHistory(&r.past, &h)
	return recalled{r, k.Heard, k.Addrs, k.Inventory}
}

// recall makes the entry of a machine. The lock is held.
func (m *Memory) recall(k *recalled) {
	r := k.machine
	m.known.Add(r.key, r)
	if k.inventory != nil {
		m.inventories[r.key] = k.inventory
	}
	if duid := r.facts.duid(); duid != "" {
		m.duids[duid] = r.key
	}
	r.behind = true // it is as the archive has it, and need not hear of it
	for _, l := range k.addrs {
		if m.now().Sub(l.At) < m.keep {
			m.holdSince(r, l.Addr, l.At)
		}
	}
	r.behind = false
}

// recallEvent adds an event to the story of its machine, if that was recalled. The lock is held.
func (m *Memory) recallEvent(number uint64, k *keptEvent) {
	owner := &m.story.network
	if !k.Owner.IsZero() {
		r, ok := m.known.Peek(k.Owner)
		if !ok {
			m.behind.gone = append(m.behind.gone, number)
			return
		}
		owner = r
	}
	m.story.next = number
	e := k.event()
	n := newEvent(&e, m.shared.facts(&e.Client))
	n.kept = true
	m.story.put(owner, n)
}

// Keep writes down what changes, a little later and in batches, until ctx ends; then all the rest. It goes on after an error,
// with what could not be written.
func (m *Memory) Keep(ctx context.Context, a Archive, trouble func(error)) {
	tick := time.NewTicker(Behind)
	defer tick.Stop()
	for ended := false; !ended; {
		select {
		case <-ctx.Done():
			ended = true
		case <-tick.C:
		}
		if err := m.flush(a); err != nil {
			trouble(err)
		}
	}
}

// flush writes all that there is by now.
func (m *Memory) flush(a Archive) error {
	for {
		b := batch{}
		for m.take(&b) && b.size() < mostOfABatch {
		}
		if b.size() == 0 {
			return nil
		}
		if err := m.put(&b, a); err != nil {
			m.again(&b)
			return err
		}
	}
}
