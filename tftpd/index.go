// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"container/list"
	"net/netip"
	"sync"
)

// entry is a request from its arrival to its end.
type entry struct {
	peer  peer
	print uint64        // fingerprint of the request
	t     *transfer     // nil while it is being opened
	place *list.Element // in index.unproved; nil when it has left it
}

// index knows every running request, so that a repeated one finds its transfer, and counts them against the limits.
type index struct {
	limits Limits

	mu       sync.Mutex
	entries  map[peer]*entry
	prefixes map[netip.Prefix]int
	unproved *list.List // of *entry, oldest first
}

func newIndex(s *Server) *index {
	return &index{
		limits: s.Limits, entries: make(map[peer]*entry), prefixes: make(map[netip.Prefix]int), unproved: list.New(),
	}
}

// verdict is what becomes of a request.
type verdict uint8

const (
	admitted verdict = iota
	repeats          // it is running: ask its lane
	opening          // it is being opened: nothing to do
	full             // too many
	prefixFull
)

// admit enters a request. It may give up to two transfers that have to stop for it.
func (x *index) admit(p peer, print uint64) (e *entry, v verdict, stop []stopped) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if old := x.entries[p]; old != nil {
		switch {
		case old.t == nil && old.print == print:
			return old, opening, nil
		case old.t != nil && old.print == print && !old.t.over.Load():
			return old, repeats, nil
		}
		if old.t != nil {
			stop = append(stop, stopped{old.t, Superseded})
		}
		x.remove(old)
	}
	prefix := prefixOf(p.remote.Addr())
	if x.prefixes[prefix] >= x.limits.PerPrefix && !p.remote.Addr().IsLoopback() {
		return nil, prefixFull, stop
	}
	if x.crowded() {
		t := x.evict()
		if t == nil && len(x.entries) >= x.limits.Transfers {
			return nil, full, stop
		}
		if t != nil {
			stop = append(stop, stopped{t, Evicted})
		}
	}
	e = &entry{peer: p, print: print}
	e.place = x.unproved.PushBack(e)
	x.entries[p] = e
	x.prefixes[prefix]++
	return e, admitted, stop
}

// stopped is a transfer that has to end.
type stopped struct {
	t      *transfer
	reason Outcome
}

// evict takes out the oldest transfer whose client has not proved itself; nil when there is none, or when there is room
// again. Those that have proved themselves leave the list on the way, which may be all the room that is needed.
func (x *index) evict() *transfer {
	for f := x.unproved.Front(); f != nil && x.crowded(); {
		e, next := f.Value.(*entry), f.Next()
		switch {
		case e.t == nil: // being opened: cannot be evicted yet
		case e.t.known.Load():
			x.unproved.Remove(f)
			e.place = nil
		default:
			x.remove(e)
			return e.t
		}
		f = next
	}
	return nil
}

// crowded reports whether a request can only come in when another goes.
func (x *index) crowded() bool {
	return len(x.entries) >= x.limits.Transfers || x.unproved.Len() >= x.limits.Unproved
}

// attach gives an entry its transfer; false when it has been superseded meanwhile.
func (x *index) attach(e *entry, t *transfer) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.entries[e.peer] != e {
		return false
	}
	e.t = t
	return true
}

// leave takes out an entry that never became a transfer.
func (x *index) leave(e *entry) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.entries[e.peer] == e {
		x.remove(e)
	}
}

// finished takes out a transfer's entry, unless another has taken its place.
func (x *index) finished(t *transfer) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if e := x.entries[t.asked]; e != nil && e.t == t {
		x.remove(e)
	}
}

// remove takes e out; the lock is held.
func (x *index) remove(e *entry) {
	delete(x.entries, e.peer)
	if e.place != nil {
		x.unproved.Remove(e.place)
		e.place = nil
	}
	prefix := prefixOf(e.peer.remote.Addr())
	if x.prefixes[prefix]--; x.prefixes[prefix] <= 0 {
		delete(x.prefixes, prefix)
	}
}

// running counts the requests that have not ended.
func (x *index) running() int {
	x.mu.Lock()
	defer x.mu.Unlock()
	return len(x.entries)
}

func prefixOf(a netip.Addr) netip.Prefix {
	bits := 64
	if a.Is4() {
		bits = 24
	}
	p, _ := a.WithZone("").Prefix(bits) // cannot fail: the lengths fit the families
	return p
}
