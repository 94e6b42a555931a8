// SPDX-License-Identifier: Apache-2.0

package machines

import (
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"slices"

	"github.com/bootlace-net/bootlace/boot"
)

// behind is what an archive does not have yet. Who handles packets only adds to it. The zero value notes nothing: there is no
// archive.
type behind struct {
	keys   map[boot.MAC]struct{} // machines that changed, or that are gone; nil: there is no archive
	events []*event              // that are new, or another machine's now
	gone   []uint64              // events that gave way
	most   int                   // events, those that gave way among them
}

// changed notes that a machine is not as the archive has it. The lock is held.
func (b *behind) changed(key boot.MAC) {
	if b.keys != nil {
		b.keys[key] = struct{}{}
	}
}

// left notes that a machine is forgotten. The lock is held.
func (b *behind) left(r *machine) {
	if r.kept {
		b.changed(r.key)
		return
	}
	delete(b.keys, r.key) // the archive never heard of it
}

// told notes an event. Those that gave way before they were written are let go of when there are many. The lock is held.
func (b *behind) told(e *event) {
	if b.keys == nil || e.waits {
		return
	}
	e.waits = true
	if b.events = append(b.events, e); len(b.events) > b.most {
		b.events = slices.DeleteFunc(b.events, func(e *event) bool { return e.owner == nil })
	}
}

// over notes that an event gave way. The lock is held.
func (b *behind) over(e *event) {
	e.owner = nil
	if b.keys != nil && e.kept {
		b.gone = append(b.gone, e.order)
	}
}

// batch is something for the archive, copied out of the memory.
type batch struct {
	machines map[boot.MAC]*keptMachine // nil: gone
	events   []*event
	texts    []keptEvent // of events
	gone     []uint64
}

func (b *batch) size() int { return len(b.machines) + len(b.events) + len(b.gone) }

// Bounds of batches.
const (
	mostAtOnce   = 200  // of each: so long the memory is held, which is much less than a millisecond
	mostOfABatch = 2000 // in one transaction
)

// take gives some of what the archive does not have.
func (m *Memory) take(out *batch) (more bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	before := out.size()
	m.takeMachines(out)
	b := &m.behind
	n := min(len(b.events), mostAtOnce)
	for _, e := range b.events[:n] {
		if e.waits = false; e.owner == nil {
			continue
		}
		e.kept = true
		out.events, out.texts = append(out.events, e), append(out.texts, e.written())
	}
	b.events = slices.Delete(b.events, 0, n)
	n = min(len(b.gone), mostAtOnce)
	out.gone = append(out.gone, b.gone[:n]...)
	b.gone = slices.Delete(b.gone, 0, n)
	return out.size() > before || len(b.events) > 0
}

func (m *Memory) takeMachines(out *batch) {
	n := 0
	for key := range m.behind.keys {
		if n++; n > mostAtOnce {
			return
		}
		delete(m.behind.keys, key)
		out.machines[key] = nil
		if r, ok := m.known.Peek(key); ok {
			r.kept = true
			k := m.written(r)
			out.machines[key] = &k
		}
	}
}

// again notes a batch that the archive did not take.
func (m *Memory) again(b *batch) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for key := range b.machines {
		m.behind.changed(key)
	}
	for _, e := range b.events {
		if e.owner != nil {
			m.behind.told(e)
		}
	}
	m.behind.gone = append(m.behind.gone, b.gone...)
}

// put gives a batch to the archive.
func (b *batch) put(a Archive) error {
	var machines, events []Entry
	for key, k := range b.machines {
		e := Entry{Key: hex.EncodeToString(key[:])}
		if k != nil {
			e.Value, _ = json.Marshal(k) // all of its types can be written
		}
		machines = append(machines, e)
	}
	for i := range b.events {
		value, _ := json.Marshal(&b.texts[i])
		events = append(events, Entry{numberKey(b.events[i].order), value})
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
