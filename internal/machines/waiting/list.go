// SPDX-License-Identifier: Apache-2.0

package waiting

import (
	"container/list"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/bootlace-net/bootlace/boot"
)

// Bounds and times.
const (
	Most          = 4096 // machines: some racks
	MostOfAddress = 64   // of them: a NAT hides many
	Kept          = 24 * time.Hour
	silent        = time.Minute // a machine asks every few seconds: who was not heard for so long does not wait at this moment
)

// Entry is a machine that waits.
type Entry struct {
	Key   boot.MAC
	Code  string
	Since time.Time
	Heard time.Time  // when it last asked
	From  netip.Addr // where it asked from
}

// List is safe for concurrent use. The zero value has no room: use New.
type List struct {
	now func() time.Time

	mu      sync.Mutex
	entries map[boot.MAC]*entry
	order   list.List // of entries: who asked longest ago is the first
	codes   map[string]boot.MAC
	at      map[netip.Addr]int    // how many asked from an address
	changed map[boot.MAC]struct{} // since they were written; nil: there is no archive
}

type entry struct {
	Entry
	place   *list.Element
	written time.Time // what the archive has for Heard
}

// New makes an empty list; now nil: the system's clock.
func New(now func() time.Time) *List {
	if now == nil {
		now = time.Now
	}
	return &List{now: now, entries: make(map[boot.MAC]*entry), codes: make(map[string]boot.MAC), at: make(map[netip.Addr]int)}
}

// Join notes that a machine asks and is to wait, and gives its code; "" where there is no room. First says that it was not there
// before.
func (l *List) Join(key boot.MAC, from netip.Addr) (code string, first bool) {
	if key.IsZero() {
		return "", false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	from = from.Unmap().WithZone("")
	e := l.entries[key]
	if e == nil {
		if !l.room(from) {
			return "", false
		}
		now := l.now()
		e, first = l.add(Entry{Key: key, Code: l.free(key), Since: now, Heard: now, From: from}), true
	}
	l.heard(e, from)
	return e.Code, first
}

// heard notes that a machine asks. The lock is held.
func (l *List) heard(e *entry, from netip.Addr) {
	l.left(e.From)
	l.at[from]++
	e.Heard, e.From = l.now(), from
	l.order.MoveToBack(e.place)
	if e.Heard.Sub(e.written) > coarse {
		l.note(e.Key)
	}
}

// add makes an entry, the last to give way. The lock is held.
func (l *List) add(n Entry) *entry {
	e := &entry{Entry: n}
	e.place = l.order.PushBack(e)
	l.entries[n.Key], l.codes[n.Code] = e, n.Key
	l.at[n.From]++
	return e
}

// room makes room for one more that asks from an address. The lock is held.
func (l *List) room(from netip.Addr) bool {
	switch {
	case l.at[from] >= MostOfAddress:
		return l.giveWay(func(e *entry) bool { return e.From == from })
	case len(l.entries) >= Most:
		return l.giveWay(func(*entry) bool { return true })
	}
	return true
}

// giveWay lets go of the machine that asked longest ago, if it does not ask any more. The lock is held.
func (l *List) giveWay(is func(*entry) bool) bool {
	for p := l.order.Front(); p != nil; p = p.Next() {
		e := p.Value.(*entry)
		if l.now().Sub(e.Heard) < silent {
			return false
		}
		if is(e) {
			l.remove(e)
			return true
		}
	}
	return false
}

func (l *List) remove(e *entry) {
	l.order.Remove(e.place)
	delete(l.entries, e.Key)
	delete(l.codes, e.Code)
	l.left(e.From)
	l.note(e.Key)
}

// left counts one less that asks from an address. The lock is held.
func (l *List) left(from netip.Addr) {
	if l.at[from]--; l.at[from] <= 0 {
		delete(l.at, from)
	}
}

// Leave lets a machine go: it was decided about.
func (l *List) Leave(key boot.MAC) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e := l.entries[key]; e != nil {
		l.remove(e)
	}
}

// Find gives the machine of a code, in any case and with any spaces or dashes.
func (l *List) Find(code string) (Entry, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	key, ok := l.codes[plain(code)]
	if !ok {
		return Entry{}, false
	}
	return l.entries[key].Entry, true
}

// Code is that of a machine; "" if it does not wait.
func (l *List) Code(key boot.MAC) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e := l.entries[key]; e != nil {
		return e.Code
	}
	return ""
}

// All lists the machines, who waits longest first. Those that were not heard of for a day are let go of.
func (l *List) All() []Entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := make([]Entry, 0, len(l.entries))
	for _, e := range l.entries {
		if l.now().Sub(e.Heard) > Kept {
			l.remove(e)
			continue
		}
		out = append(out, e.Entry)
	}
	slices.SortFunc(out, func(a, b Entry) int {
		if c := a.Since.Compare(b.Since); c != 0 {
			return c
		}
		return slices.Compare(a.Key[:], b.Key[:])
	})
	return out
}
