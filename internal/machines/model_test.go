// SPDX-License-Identifier: Apache-2.0

package machines

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bootlace-net/bootlace/boot"
)

// model does what a Memory does in the plainest way: everything in lists that are walked.
type model struct {
	most, events int
	clock        *clock
	list         []*known // the one not heard of for longest first
	leases       []held   // the oldest first
	duids        map[string]boot.MAC
	story        []told // of all, the oldest first
}

type known struct {
	key     boot.MAC
	facts   boot.Client
	history boot.History
	addrs   []netip.Addr
}

type held struct {
	addr netip.Addr
	key  boot.MAC
	at   time.Time
}

type told struct {
	key  boot.MAC
	text string
}

func (m *model) find(key boot.MAC) *known {
	i := slices.IndexFunc(m.list, func(k *known) bool { return k.key == key })
	if i < 0 {
		return nil
	}
	k := m.list[i]
	m.list = append(slices.Delete(m.list, i, i+1), k)
	return k
}

func (m *model) of(key boot.MAC) *known {
	if k := m.find(key); k != nil {
		return k
	}
	if len(m.list) == m.most {
		m.forget(m.list[0].key)
	}
	k := &known{key: key}
	m.list = append(m.list, k)
	return k
}

func (m *model) forget(key boot.MAC) {
	m.list = slices.DeleteFunc(m.list, func(k *known) bool { return k.key == key })
	m.leases = slices.DeleteFunc(m.leases, func(h held) bool { return h.key == key })
	m.story = slices.DeleteFunc(m.story, func(e told) bool { return e.key == key })
	for id, k := range m.duids {
		if k == key {
			delete(m.duids, id)
		}
	}
}

func (m *model) key(c *boot.Client) boot.MAC {
	if k, ok := m.duids[c.DUID]; ok && c.MAC.IsZero() {
		for _, r := range m.list {
			if r.key == k {
				c.MAC = r.facts.MAC
			}
		}
		return k
	}
	return c.Key()
}

func (m *model) see(c boot.Client) boot.Client {
	key := m.key(&c)
	if key.IsZero() {
		return c
	}
	k := m.of(key)
	if c.DUID != "" {
		for id, of := range m.duids {
			if of == key && id != c.DUID {
				delete(m.duids, id)
			}
		}
		before, had := m.duids[c.DUID]
		m.duids[c.DUID] = key
		if had && before != key && before.IsGroup() {
			m.inherit(k, before)
		}
	}
	c = merge(k.facts, c)
	k.facts = c
	m.hold(k, c.Addr, m.clock.at)
	return c
}

func (m *model) inherit(k *known, before boot.MAC) {
	i := slices.IndexFunc(m.list, func(k *known) bool { return k.key == before })
	if i < 0 {
		return
	}
	was := m.list[i]
	k.facts = merge(was.facts, k.facts)
	if k.history == (boot.History{}) {
		k.history = was.history
	}
	for _, a := range was.addrs {
		for _, h := range m.leases {
			if h.addr == a && h.key == before {
				m.hold(k, a, h.at)
			}
		}
	}
	for j := range m.story {
		if m.story[j].key == before {
			m.story[j].key = k.key
		}
	}
	m.trim(k.key)
	m.forget(before)
}

func (m *model) hold(k *known, a netip.Addr, at time.Time) {
	if !a.IsValid() {
		return
	}
	k.addrs = append(slices.DeleteFunc(k.addrs, func(b netip.Addr) bool { return a == b }), a)
	m.leases = append(slices.DeleteFunc(m.leases, func(h held) bool { return h.addr == a }), held{a, k.key, at})
	if len(k.addrs) > mostAddresses {
		m.leases = slices.DeleteFunc(m.leases, func(h held) bool { return h.addr == k.addrs[0] && h.key == k.key })
		k.addrs = k.addrs[1:]
	}
}

func (m *model) at(a netip.Addr) (boot.Client, bool) {
	for _, h := range m.leases {
		if h.addr == a && m.clock.at.Sub(h.at) < time.Hour {
			return m.find(h.key).facts, true
		}
	}
	return boot.Client{}, false
}

func (m *model) note(c boot.Client, text string) {
	key := m.key(&c)
	if !key.IsZero() {
		m.of(key)
	}
	m.story = append(m.story, told{key, text})
	m.trim(key)
	if len(m.story) > m.events {
		m.story = m.story[1:]
	}
}

func (m *model) trim(key boot.MAC) {
	for len(m.texts(key)) > mostEvents {
		i := slices.IndexFunc(m.story, func(e told) bool { return e.key == key })
		m.story = slices.Delete(m.story, i, i+1)
	}
}

func (m *model) texts(key boot.MAC) (out []string) {
	for _, e := range m.story {
		if e.key == key {
			out = append(out, e.text)
		}
	}
	return out
}

// TestMemoryIsLikeItsModel does the same random things to both and compares all that can be seen.
func TestMemoryIsLikeItsModel(t *testing.T) {
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 7))
		c := newClock()
		most, events := 1+r.IntN(12), 1+r.IntN(150)
		real := New(Options{Machines: most, Events: events, Addresses: time.Hour, Now: c.now})
		want := &model{most: most, events: events, clock: c, duids: map[string]boot.MAC{}}
		for step := range 1500 {
			if !alike(t, r, real, want, step) {
				t.Fatalf("seed %d, step %d", seed, step)
			}
		}
		if s := real.Stats(); s.Machines != len(want.list) || s.Addresses != len(want.leases) || s.Events != len(want.story) || len(real.duids) != len(want.duids) {
			t.Fatalf("seed %d: %+v and %d DUIDs, want %d, %d, %d and %d", seed, s, len(real.duids), len(want.list), len(want.leases), len(want.story), len(want.duids))
		}
	}
}

// alike takes one step.
func alike(t *testing.T, r *rand.Rand, real *Memory, want *model, step int) bool {
	t.Helper()
	c := anyClient(r)
	c.DUID = fmt.Sprint("d", r.IntN(8))
	if r.IntN(3) == 0 {
		c.DUID = ""
	}
	if r.IntN(2) == 0 { // more machines than fit
		c.MAC = boot.MAC{2, byte(r.IntN(16))}
	}
	want.clock.at = want.clock.at.Add(time.Duration(r.IntN(3)) * time.Minute)
	switch r.IntN(6) {
	case 0, 1:
		return equal(t, "See", want.see(c), real.See(c))
	case 2:
		got, _ := real.Find(c.MAC)
		k := want.find(c.MAC)
		if k == nil {
			k = &known{}
		}
		return equal(t, "Find", k.facts, got)
	case 3:
		got, _ := real.At(c.Addr)
		expected, _ := want.at(c.Addr)
		return equal(t, "At", expected, got)
	case 4:
		if c.MAC.IsZero() {
			return true
		}
		k := want.of(c.MAC)
		k.history.Upgrades++
		var got boot.History
		real.Learn(c.MAC, func(h *boot.History) { h.Upgrades++; got = *h })
		return equal(t, "Learn", k.history, got)
	default:
		text := fmt.Sprint(step)
		want.note(c, text)
		real.Note(boot.Event{Client: c, Text: text})
		key := want.key(&c)
		return equal(t, "Story", want.texts(key), texts(real.Story(key)))
	}
}

func equal(t *testing.T, what string, want, got any) bool {
	t.Helper()
	if reflect.DeepEqual(want, got) { // the quick way, for cmp is a hundred times slower
		return true
	}
	diff := cmp.Diff(want, got, same)
	if diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
	return diff == ""
}
