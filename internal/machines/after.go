// SPDX-License-Identifier: Apache-2.0

package machines

// News are what happened after an event's number, to all machines and to the network.
type News struct {
	Told   []Told // the oldest first
	Newest uint64 // the number of the last event that there was; 0: none yet
	Lost   bool   // some of what happened after the number gave way to later events
}

// After gives the news after an event's number, no more than most of them.
func (m *Memory) After(number uint64, most int) News {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := &m.story
	var events []*event
	for i := range s.shelves {
		for e := s.shelves[i].last; e != nil && e.order >= number; e = e.before { // an event's number is its order and one
			events = append(events, e)
		}
	}
	events = inOrder(events)
	n := News{Newest: s.next, Lost: s.lost > number}
	for _, e := range events[:min(len(events), most)] {
		n.Told = append(n.Told, Told{e.told(), e.order + 1})
	}
	return n
}
