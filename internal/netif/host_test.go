// SPDX-License-Identifier: Apache-2.0

package netif

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"
)

// eth is an interface that is up.
func eth(name string, index int, prefixes ...string) Interface {
	i := Interface{Name: name, Index: index, MTU: 1500, Up: true}
	for _, p := range prefixes {
		i.Prefixes = append(i.Prefixes, netip.MustParsePrefix(p))
	}
	return i
}

// machine is a host whose interfaces, neighbours and clock a test changes.
type machine struct {
	Host
	list    []Interface
	near    map[netip.Addr]MAC
	clock   time.Time
	reads   int // of interfaces and neighbours
	failing error
}

func newMachine(list ...Interface) *machine {
	m := &machine{list: list, clock: time.Unix(1, 0)}
	m.Host.Now = func() time.Time { return m.clock }
	m.Host.Interfaces = func() ([]Interface, error) {
		m.reads++
		if m.failing != nil {
			return nil, m.failing
		}
		return slices.Clone(m.list), nil
	}
	m.Host.Neighbours = func() (map[netip.Addr]MAC, error) {
		m.reads++
		return m.near, m.failing
	}
	return m
}

// after lets time pass.
func (m *machine) after(d time.Duration) *machine {
	m.clock = m.clock.Add(d)
	return m
}

// TestOneReadingForAll: what the last reading answers costs none, what it does not answer one every missAge.
func TestOneReadingForAll(t *testing.T) {
	m := newMachine(eth("eth0", 2, "10.0.0.2/24"))
	local := netip.MustParseAddr("10.0.0.2")
	for range 1000 {
		if i, ok := m.Interface(2); !ok || i.Name != "eth0" || m.MTU(2) != 1500 || !m.Owns(local) || m.network(local).String() != "10.0.0.0/24" {
			t.Fatalf("%v %v", i, ok)
		}
	}
	if m.reads != 1 {
		t.Errorf("%d readings for 5,000 questions at one moment", m.reads)
	}
	m.list = append(m.list, eth("eth1", 3, "10.1.0.2/24"))
	if _, ok := m.after(missAge / 2).Interface(3); ok || m.reads != 1 {
		t.Errorf("read again after %v: %d", missAge/2, m.reads)
	}
	if i, ok := m.after(missAge).Interface(3); !ok || i.Name != "eth1" || m.reads != 2 {
		t.Errorf("an interface that is new: %v, %v after %d readings", i, ok, m.reads)
	}
	m.list[0].Prefixes[0] = netip.MustParsePrefix("10.0.0.9/24")
	if m.after(Age / 2); m.Owns(netip.MustParseAddr("10.0.0.9")) {
		t.Error("a new address is known at once, though nothing is missing")
	}
	if m.after(Age); !m.Owns(netip.MustParseAddr("10.0.0.9")) {
		t.Error("an address that changed is not known after", Age)
	}
}

// TestReadingFails: what was known goes on.
func TestReadingFails(t *testing.T) {
	m := newMachine(eth("eth0", 2, "10.0.0.2/24"))
	m.near = map[netip.Addr]MAC{netip.MustParseAddr("10.0.0.7"): {5: 7}}
	ask := func() string {
		i, ok := m.Interface(2)
		mac, near := m.Neighbour(netip.MustParseAddr("10.0.0.7"))
		return fmt.Sprint(i.Name, ok, mac, near)
	}
	want := ask()
	m.failing, m.near = errors.New("netlink is out of memory"), nil
	if got := ask(); got != want {
		t.Errorf("at once: %s, want %s", got, want)
	}
	if m.after(2 * Age); ask() != want {
		t.Errorf("later: %s, want %s", ask(), want)
	}
	if _, err := m.Serving(); !errors.Is(err, m.failing) {
		t.Errorf("who asks for all hears of it: %v", err)
	}
	m = newMachine()
	m.failing = errors.New("never")
	if got := ask(); !strings.HasPrefix(got, "false") {
		t.Errorf("never read: %s", got)
	}
}

// TestNeighbour: one that is not known yet is looked for again soon, because a machine that asks has just been resolved.
func TestNeighbour(t *testing.T) {
	m := newMachine()
	m.near = map[netip.Addr]MAC{}
	a := netip.MustParseAddr("fe80::7%eth0")
	if _, ok := m.Neighbour(a); ok {
		t.Error("nobody is known")
	}
	m.near = map[netip.Addr]MAC{a.WithZone(""): {5: 7}}
	if mac, ok := m.after(missAge + 1).Neighbour(a); !ok || mac != (MAC{5: 7}) {
		t.Errorf("%v, %v", mac, ok)
	}
	for range 1000 {
		m.Neighbour(netip.MustParseAddr("10.0.0.99"))
	}
	if m.reads != 2 {
		t.Errorf("%d readings: a storm of unknown addresses must not read once each", m.reads)
	}
}

// TestServed: what is served without names, and with.
func TestServed(t *testing.T) {
	down, lo := eth("eth1", 3, "10.1.0.2/24"), eth("lo", 1, "127.0.0.1/8")
	down.Up, lo.Loopback = false, true
	list := []Interface{lo, eth("eth0", 2, "fe80::1/64", "10.0.0.2/24"), down, eth("eth2", 4, "fd00::2/64")}
	for _, tt := range []struct {
		names, served string
		admitted      string // of the addresses below
	}{
		{"", "eth0", "127.0.0.1 10.0.0.2 10.1.0.2 fd00::2 192.0.2.1 203.0.113.9"},
		{"eth1 eth2", "eth1 eth2", "127.0.0.1 10.1.0.2 fd00::2 192.0.2.1"},
		{"eth9", "", "127.0.0.1 192.0.2.1"},
	} {
		m := newMachine(list...)
		m.Served, m.Addresses = strings.Fields(tt.names), []netip.Addr{netip.MustParseAddr("192.0.2.1")}
		all, err := m.Serving()
		var names, admitted []string
		for _, i := range all {
			names = append(names, i.Name)
		}
		for _, a := range []string{"127.0.0.1", "10.0.0.2", "10.1.0.2", "fd00::2", "192.0.2.1", "203.0.113.9"} {
			if m.Admits(netip.MustParseAddr(a)) {
				admitted = append(admitted, a)
			}
		}
		if got := strings.Join(names, " "); err != nil || got != tt.served {
			t.Errorf("%q: %q, %v; want %q", tt.names, got, err, tt.served)
		}
		if got := strings.Join(admitted, " "); got != tt.admitted {
			t.Errorf("%q admits %q, want %q", tt.names, got, tt.admitted)
		}
		if i, ok := m.Interface(0); ok != (tt.served != "") || ok && i.Name != names[0] {
			t.Errorf("%q: the first one is %v, %v", tt.names, i, ok)
		}
	}
}

// TestThisHost asks the system.
func TestThisHost(t *testing.T) {
	h := &Host{}
	if !h.Owns(netip.MustParseAddr("127.0.0.1")) && !h.Owns(netip.IPv6Loopback()) {
		t.Errorf("no loopback address among %v", h.Table().list)
	}
	if slices.Contains(h.Table().Names(), "lo") {
		t.Error("loopback is no interface for machines")
	}
}
