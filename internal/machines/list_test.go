// SPDX-License-Identifier: Apache-2.0

package machines

import (
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/boot"
)

func TestLookingIsNotHearing(t *testing.T) {
	c := newClock()
	m := New(Options{Machines: 2, Addresses: time.Hour, Now: c.now})
	m.See(boot.Client{MAC: node1, UUID: uuid1, Addr: addr("192.0.2.7")})
	m.Learn(node1, func(h *boot.History) { h.Upgrades = 3 })
	c.at = c.at.Add(time.Minute)
	m.Note(boot.Event{Time: c.at, Client: boot.Client{MAC: node1}, Text: "first"})
	m.See(boot.Client{MAC: node2})
	got, ok := m.Look(node1)
	if !ok || got.Key != node1 || got.Client.UUID != uuid1 || got.History.Upgrades != 3 || !got.Heard.Equal(c.at) ||
		!slices.Equal(got.Addrs, []netip.Addr{addr("192.0.2.7")}) {
		t.Errorf("%+v %v", got, ok)
	}
	if got := m.Keys(); !slices.Equal(got, []boot.MAC{node1, node2}) {
		t.Errorf("keys %v", got)
	}
	m.See(boot.Client{MAC: boot.MAC{2}})
	if _, ok := m.Look(node1); ok {
		t.Error("who was only looked at was kept before who was heard of")
	}
}

func TestLookLeavesOutAddressesOfOthers(t *testing.T) {
	c := newClock()
	m := New(Options{Addresses: time.Hour, Now: c.now})
	m.See(boot.Client{MAC: node1, Addr: addr("192.0.2.7")})
	m.See(boot.Client{MAC: node1, Addr: addr("192.0.2.8")})
	m.See(boot.Client{MAC: node2, Addr: addr("192.0.2.7")})
	if got, _ := m.Look(node1); !slices.Equal(got.Addrs, []netip.Addr{addr("192.0.2.8")}) {
		t.Errorf("an address that another took: %v", got.Addrs)
	}
	c.at = c.at.Add(time.Hour)
	if got, _ := m.Look(node1); len(got.Addrs) != 0 {
		t.Errorf("after their time: %v", got.Addrs)
	}
}

func TestAMachineOfWhichOnlyANameToldHasItsAddress(t *testing.T) {
	m := New(Options{})
	m.Learn(node1, func(h *boot.History) { h.Upgrades = 1 })
	m.Learn(boot.Client{DUID: "d1"}.Key(), func(h *boot.History) { h.Upgrades = 1 })
	if k, _ := m.Look(node1); k.Client.MAC != node1 {
		t.Errorf("%v", k.Client.MAC)
	}
	if k, _ := m.Look(boot.Client{DUID: "d1"}.Key()); !k.Client.MAC.IsZero() {
		t.Errorf("an address that is nobody's: %v", k.Client.MAC)
	}
}

func TestForget(t *testing.T) {
	m := New(Options{})
	m.See(boot.Client{MAC: node1, DUID: "d1", Addr: addr("192.0.2.7")})
	m.Note(boot.Event{Client: boot.Client{MAC: node1}})
	if !m.Forget(node1) || m.Forget(node1) {
		t.Error("forgets once what was known")
	}
	if s := m.Stats(); s.Machines+s.Addresses+s.Events != 0 || s.Evicted != 0 || len(m.duids) != 0 {
		t.Errorf("left: %+v, %d DUIDs", s, len(m.duids))
	}
}

func TestSince(t *testing.T) {
	m := New(Options{})
	for i, mac := range []boot.MAC{node1, node2, node1, {}, node1} {
		m.Note(boot.Event{Client: boot.Client{MAC: mac}, Text: string(rune('a' + i))})
	}
	told := func(key boot.MAC, number uint64) (s string) {
		for _, e := range m.Since(key, number) {
			s += e.Text
		}
		return s
	}
	for _, tc := range []struct {
		key    boot.MAC
		number uint64
		want   string
	}{{node1, 0, "ace"}, {node1, 1, "ce"}, {node1, 2, "ce"}, {node1, 5, ""}, {node2, 0, "b"}, {boot.MAC{}, 0, "d"}, {boot.MAC{9}, 0, ""}} {
		if got := told(tc.key, tc.number); got != tc.want {
			t.Errorf("since %d of %v: %q, want %q", tc.number, tc.key, got, tc.want)
		}
	}
}
