// SPDX-License-Identifier: Apache-2.0

package machines

import (
	"cmp"
	"container/list"
	"slices"

	"github.com/bootlace-net/bootlace/boot"
)

// Bounds of stories. A boot is about ten events.
const (
	defaultEvents = 20000 // of all machines together
	mostEvents    = 64    // of one
)

// event is one piece of a story, and where it stands among all of them.
type event struct {
	boot.Event
	owner *machine // nil: it gave way
	place *list.Element
	order uint64
	waits bool // to be written
	kept  bool // it was given to the archive
}

// story keeps the order of all events, so that the oldest go first, and that of the network, which is no machine's.
type story struct {
	most    int
	all     list.List
	network machine
	count   int
	next    uint64
	dropped uint64
	behind  *behind
}

func (s *story) init(most int, b *behind) {
	s.behind = b
	if s.most = most; most <= 0 {
		s.most = defaultEvents
	}
	s.all.Init()
}

// Note adds an event to the story of its machine, or of the network if it is about none.
func (m *Memory) Note(e boot.Event) {
	m.mu.Lock()
	defer m.mu.Unlock()
	owner := &m.story.network
	if key := m.identify(&e.Client); !key.IsZero() {
		owner = m.of(key)
	}
	m.story.add(owner, e)
}

// Story gives what happened to a machine, the oldest first; that of the network for a zero key.
func (m *Memory) Story(key boot.MAC) []boot.Event {
	m.mu.Lock()
	defer m.mu.Unlock()
	owner := &m.story.network
	if !key.IsZero() {
		var ok bool
		if owner, ok = m.known.Peek(key); !ok {
			return nil
		}
	}
	out := make([]boot.Event, len(owner.events))
	for i, e := range owner.events {
		out[i] = e.Event
	}
	return out
}

func (s *story) add(owner *machine, e boot.Event) {
	n := &event{Event: e}
	s.put(owner, n)
	s.behind.told(n)
}

// put makes an event the last of all.
func (s *story) put(owner *machine, n *event) {
	switch {
	case len(owner.events) >= mostEvents:
		s.shorten(owner)
	case s.count >= s.most:
		s.shorten(s.all.Front().Value.(*event).owner)
	}
	n.owner, n.order = owner, s.next
	n.place = s.all.PushBack(n)
	s.next++
	owner.events = append(owner.events, n)
	s.count++
}

// shorten drops the oldest event of a machine. The oldest of all is the oldest of its machine, too.
func (s *story) shorten(owner *machine) {
	s.all.Remove(owner.events[0].place)
	s.behind.over(owner.events[0])
	owner.events = slices.Delete(owner.events, 0, 1)
	s.count--
	s.dropped++
}

// drop forgets the story of a machine that gave way.
func (s *story) drop(owner *machine) {
	for len(owner.events) > 0 {
		s.shorten(owner)
	}
}

// move gives a story to another machine.
func (s *story) move(from, to *machine) {
	for _, e := range from.events {
		e.owner = to
		s.behind.told(e)
	}
	to.events, from.events = append(from.events, to.events...), nil
	slices.SortFunc(to.events, func(a, b *event) int { return cmp.Compare(a.order, b.order) })
	for len(to.events) > mostEvents {
		s.shorten(to)
	}
}
