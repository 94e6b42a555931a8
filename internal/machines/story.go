// SPDX-License-Identifier: Apache-2.0

package machines

import (
	"cmp"
	"slices"

	"github.com/bootlace-net/bootlace/boot"
)

// Bounds of stories. A boot is about ten events. What a machine says of itself has its own, so that one that talks does not push
// out how it booted.
const (
	defaultEvents = 20000 // of all machines together
	mostEvents    = 64    // of one
	defaultLines  = 20000
	mostLines     = 256 // a screen or two before the end, which is where the trouble is
)

// story keeps the order of all events, so that the oldest go first, and that of the network, which is no machine's.
type story struct {
	shelves [shelfCount]shelf
	network machine
	next    uint64
	dropped uint64
	lost    uint64 // the highest number of an event that was dropped
	behind  *behind
}

func (s *story) init(events, lineCount int, b *behind) {
	s.behind = b
	if events <= 0 {
		events = defaultEvents
	}
	if lineCount <= 0 {
		lineCount = defaultLines
	}
	s.shelves[steps] = shelf{most: events, each: mostEvents}
	s.shelves[lines] = shelf{most: lineCount, each: mostLines}
}

// count is how many events there are.
func (s *story) count() int { return s.shelves[steps].count + s.shelves[lines].count }

// Note adds an event to the story of its machine, or of the network if it is about none.
func (m *Memory) Note(e boot.Event) {
	m.mu.Lock()
	defer m.mu.Unlock()
	owner := &m.story.network
	if key := m.identify(&e.Client); !key.IsZero() {
		owner = m.of(key)
	}
	if e.Kind == boot.EventLog { // there are many: no more than what a timeline shows
		e.Client = boot.Client{MAC: e.Client.MAC, UUID: e.Client.UUID, Addr: e.Client.Addr}
	}
	who := owner.facts
	if known := who.client(); !sameFacts(&known, &e.Client) {
		who = m.shared.facts(&e.Client)
	}
	m.story.add(owner, newEvent(&e, who))
}

// Story gives what happened to a machine, the oldest first; that of the network for a zero key.
func (m *Memory) Story(key boot.MAC) []boot.Event {
	told := m.Since(key, 0)
	if told == nil {
		return nil
	}
	out := make([]boot.Event, len(told))
	for i := range told {
		out[i] = told[i].Event
	}
	return out
}

// told gives all events of a machine, the oldest first.
func (r *machine) told() []*event {
	if len(r.events[lines]) == 0 {
		return r.events[steps]
	}
	return inOrder(slices.Concat(r.events[steps], r.events[lines]))
}

func inOrder(events []*event) []*event {
	slices.SortFunc(events, func(a, b *event) int { return cmp.Compare(a.order, b.order) })
	return events
}

func (s *story) add(owner *machine, n *event) {
	s.put(owner, n)
	s.behind.told(n)
}

// put makes an event the last of all.
func (s *story) put(owner *machine, n *event) {
	i := shelfOf(n)
	on := &s.shelves[i]
	switch {
	case len(owner.events[i]) >= on.each:
		s.shorten(owner, i)
	case on.count >= on.most:
		s.shorten(on.oldest.owner, i)
	}
	n.owner, n.order = owner, s.next
	on.push(n)
	s.next++
	owner.events[i] = append(owner.events[i], n)
}

// shorten drops the oldest event that a machine has on a shelf. The oldest of all is the oldest of its machine, too.
func (s *story) shorten(owner *machine, i int) {
	oldest := owner.events[i][0]
	s.shelves[i].remove(oldest)
	s.behind.over(oldest)
	owner.events[i] = slices.Delete(owner.events[i], 0, 1)
	s.dropped++
	s.lost = max(s.lost, oldest.order+1)
}

// drop forgets the story of a machine that gave way.
func (s *story) drop(owner *machine) {
	for i := range owner.events {
		for len(owner.events[i]) > 0 {
			s.shorten(owner, i)
		}
	}
}

// move gives a story to another machine.
func (s *story) move(from, to *machine) {
	for i := range from.events {
		for _, e := range from.events[i] {
			e.owner = to
			s.behind.told(e)
		}
		to.events[i], from.events[i] = inOrder(append(from.events[i], to.events[i]...)), nil
		for len(to.events[i]) > s.shelves[i].each {
			s.shorten(to, i)
		}
	}
}
