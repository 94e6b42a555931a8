// SPDX-License-Identifier: Apache-2.0

package machines

import (
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"slices"

	"github.com/bootlace-net/bootlace/boot"
)

// batch is something for the archive, copied out of the memory. How it is written down is worked out when the memory is not held
// any more: packets wait for that.
type batch struct {
	machines []taken
	events   []*event
	texts    []event // of events
	gone     []uint64
}

// taken is a machine as it was.
type taken struct {
	machine
	addrs     []keptLease
	inventory *boot.Inventory
}

func (b *batch) size() int { return len(b.machines) + len(b.events) + len(b.gone) }

// Bounds of batches.
const (
	mostAtOnce   = 100  // of each: so long the memory is held, a few microseconds
	mostOfABatch = 2000 // in one transaction
)

// take gives some of what the archive does not have.
func (m *Memory) take(out *batch) (more bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	b := &m.behind
	for _, r := range first(&b.machines) {
		r.behind = false
		if r.inVain() {
			b.vain--
			continue
		}
		r.kept = true
		out.machines = append(out.machines, m.copied(r))
	}
	for _, e := range first(&b.events) {
		if e.waits = false; e.owner == nil {
			continue
		}
		e.kept = true
		out.events, out.texts = append(out.events, e), append(out.texts, *e)
	}
	out.gone = append(out.gone, first(&b.gone)...)
	return len(b.machines)+len(b.events)+len(b.gone) > 0
}

// first takes the first ones out of a list.
func first[T any](list *[]T) []T {
	n := min(len(*list), mostAtOnce)
	taken := slices.Clone((*list)[:n])
	clear((*list)[:n])
	if *list = (*list)[n:]; len(*list) == 0 {
		*list = nil
	}
	return taken
}

// copied is a machine as it is now. The lock is held.
func (m *Memory) copied(r *machine) taken {
	t := taken{machine: *r, inventory: m.inventories[r.key]}
	t.past.boots = slices.Clone(r.past.boots)
	for _, l := range r.addrs {
		if l.owner == r {
			t.addrs = append(t.addrs, keptLease{l.addr, l.at})
		}
	}
	return t
}

// again notes a batch that the archive did not take.
func (m *Memory) again(b *batch) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := range b.machines {
		t := &b.machines[i]
		switch r, ok := m.known.Peek(t.key); {
		case ok:
			r.kept = true // in a way: what the archive has under this key is not right
			m.behind.changed(r)
		case t.gone:
			m.behind.changed(&machine{key: t.key, gone: true, kept: true})
		} // else it is gone since, which is noted
	}
	for _, e := range b.events {
		if e.owner != nil {
			m.behind.told(e)
		}
	}
	m.behind.gone = append(m.behind.gone, b.gone...)
}

// put gives a batch to the archive.
func (m *Memory) put(b *batch, a Archive) error {
	var machines, events []Entry
	for i := range b.machines {
		t := &b.machines[i]
		e := Entry{Key: hex.EncodeToString(t.key[:])}
		if !t.gone {
			e.Value, _ = json.Marshal(m.written(t)) // all of its types can be written
		}
		machines = append(machines, e)
	}
	for i := range b.texts {
		value, _ := json.Marshal(b.texts[i].written())
		events = append(events, Entry{numberKey(b.texts[i].order), value})
	}
	for _, n := range b.gone { // after the events, which they may be among
		events = append(events, Entry{Key: numberKey(n)})
	}
	if len(machines) > 0 {
		if err := a.Put(kindMachines, machines); err != nil {
			return err
		}
	}
	if len(events) > 0 {
		return a.Put(kindEvents, events)
	}
	return nil
}

// numberKey sorts by the number.
func numberKey(n uint64) string { return hex.EncodeToString(binary.BigEndian.AppendUint64(nil, n)) }
