// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/netif"
)

const forget = 4 * time.Hour

func mac(last byte) boot.MAC { return boot.MAC{0x52, 0x54, 0, 0, 0, last} }

func addr(s string) netip.Addr { return netip.MustParseAddr(s) }

type clock struct{ t time.Time }

func (c *clock) now() time.Time { return c.t }

func TestBookTiesAddressesToMachines(t *testing.T) {
	c := &clock{time.Unix(1e9, 0)}
	b := newBook(forget, c.now)
	b.see(boot.Client{MAC: mac(1), Archs: []boot.Arch{boot.ArchX64}, UUID: boot.UUID{1, 2, 3}})
	b.see(boot.Client{MAC: mac(1), Addr: addr("10.0.0.5")}) // the later packet knows the address but not the rest

	got, ok := b.byMAC(mac(1))
	want := boot.Client{MAC: mac(1), Archs: []boot.Arch{boot.ArchX64}, UUID: boot.UUID{1, 2, 3}, Addr: addr("10.0.0.5")}
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b netip.Addr) bool { return a == b }),
		cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })); !ok || diff != "" {
		t.Errorf("facts of several packets (-want +got):\n%s", diff)
	}
	if m, ok := b.byAddr(addr("::ffff:10.0.0.5")); !ok || m != mac(1) {
		t.Errorf("byAddr: %v %v", m, ok)
	}
	b.see(boot.Client{MAC: mac(2), Addr: addr("10.0.0.5")})
	if m, _ := b.byAddr(addr("10.0.0.5")); m != mac(2) {
		t.Errorf("an address that moved belongs to %v, want the newest machine", m)
	}
	c.t = c.t.Add(forget)
	if m, ok := b.byAddr(addr("10.0.0.5")); ok {
		t.Errorf("an old address still belongs to %v", m)
	}
}

func TestBookIgnoresPacketsWithoutMAC(t *testing.T) {
	b := newBook(forget, time.Now)
	b.see(boot.Client{Addr: addr("10.0.0.5")})
	if _, ok := b.byAddr(addr("10.0.0.5")); ok {
		t.Error("an address without a machine was remembered")
	}
}

func TestBookIsBounded(t *testing.T) {
	b := newBook(forget, time.Now)
	for i := range remembered + 1000 {
		m := boot.MAC{2, 0, byte(i >> 24), byte(i >> 16), byte(i >> 8), byte(i)}
		b.see(boot.Client{MAC: m, Addr: netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})})
	}
	if len(b.clients) > remembered || len(b.addrs) > remembered {
		t.Errorf("%d machines, %d addresses remembered, want at most %d", len(b.clients), len(b.addrs), remembered)
	}
	if len(b.clients) < remembered/2 {
		t.Errorf("only %d machines remembered: eviction is too eager", len(b.clients))
	}
}

func TestResolverOrder(t *testing.T) {
	b := newBook(forget, time.Now)
	b.see(boot.Client{MAC: mac(3), Addr: addr("10.0.0.3")})
	r := &resolver{book: b, neighbour: func(a netip.Addr) (netif.MAC, bool) {
		m, ok := map[netip.Addr]netif.MAC{addr("10.0.0.3"): mac(9), addr("10.0.0.4"): mac(4)}[a]
		return m, ok
	}}
	for _, tc := range []struct {
		what, name, from string
		mac              boot.MAC
		by               string
	}{
		{"machine prefix wins", "m/52-54-00-00-00-01/pxelinux.cfg/01-52-54-00-00-00-02", "10.0.0.3", mac(1), "name"},
		{"then the loader's search key", "pxelinux.cfg/01-52-54-00-00-00-02", "10.0.0.3", mac(2), "search"},
		{"then DHCP", "grub/grub.cfg", "10.0.0.3", mac(3), "dhcp"},
		{"then the neighbour table", "grub/grub.cfg", "10.0.0.4", mac(4), "neighbour"},
		{"else nothing", "grub/grub.cfg", "10.0.0.5", boot.MAC{}, "nothing"},
	} {
		t.Run(tc.what, func(t *testing.T) {
			n, err := boot.ParseName(tc.name)
			if err != nil {
				t.Fatal(err)
			}
			c, by := r.identify(n, addr(tc.from))
			if c.MAC != tc.mac || by != tc.by || c.Addr != addr(tc.from) {
				t.Errorf("got %v (%s) at %v, want %v (%s)", c.MAC, by, c.Addr, tc.mac, tc.by)
			}
		})
	}
}

func TestBookTellsOfStrangersWithinBounds(t *testing.T) {
	c := &clock{time.Unix(1e9, 0)}
	b := newBook(forget, c.now)
	told := 0
	for i := range 3 * mostStrangers {
		if b.first(boot.MAC{2, 0, 0, 0, byte(i >> 8), byte(i)}) {
			told++
		}
	}
	if told != mostStrangers {
		t.Errorf("%d invented machines were told about within a minute, want %d", told, mostStrangers)
	}
	c.t = c.t.Add(2 * time.Minute)
	if !b.first(boot.MAC{2, 1}) || b.first(boot.MAC{2, 1}) {
		t.Error("a minute later a machine is to be told about again, once")
	}
}
