// SPDX-License-Identifier: Apache-2.0

package machines

import (
	"net/netip"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/boot"
)

// TestInventory: what a machine's loader says is kept; who it is, it can say only from its own address, while it boots, and only where
// no packet did.
func TestInventory(t *testing.T) {
	c := &clock{at: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	mac, addr, other := boot.MAC{2, 0, 0, 0, 0, 1}, netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("10.0.0.2")
	claim, report := Claim{UUID: boot.UUID{0x4c, 1}, Serial: "S1"}, boot.Inventory{Product: "PC", Serial: "S1"}
	for _, tt := range []struct {
		what   string
		before func(*Memory)
		from   netip.Addr
		claim  Claim
		taken  bool
		uuid   boot.UUID
		serial string
	}{
		{"a machine that boots", nil, addr, claim, true, claim.UUID, "S1"},
		{"nothing is claimed", nil, addr, Claim{}, false, boot.UUID{}, ""},
		{"from elsewhere", nil, other, claim, false, boot.UUID{}, ""},
		{"from another machine's address", func(m *Memory) { m.See(boot.Client{MAC: boot.MAC{2, 2}, Addr: other}) }, other, claim, false, boot.UUID{}, ""},
		{"the address is another's by now", func(m *Memory) { m.See(boot.Client{MAC: boot.MAC{2, 2}, Addr: addr}) }, addr, claim, false, boot.UUID{}, ""},
		{"long after it booted", func(*Memory) { c.at = c.at.Add(11 * time.Minute) }, addr, claim, false, boot.UUID{}, ""},
		{"its system asked for an address since", func(m *Memory) {
			c.at = c.at.Add(11 * time.Minute)
			m.See(boot.Client{MAC: mac, Addr: addr, Vendor: "dhclient"})
		}, addr, claim, false, boot.UUID{}, ""},
		{"DHCP told the UUID", func(m *Memory) { m.See(boot.Client{MAC: mac, UUID: boot.UUID{9, 9, 1}}) }, addr, claim, true, boot.UUID{9, 9, 1}, "S1"},
		{"DHCP told both", func(m *Memory) { m.See(boot.Client{MAC: mac, UUID: boot.UUID{9, 9, 1}, Serial: "S9"}) }, addr, claim, false, boot.UUID{9, 9, 1}, "S9"},
		{"a UUID that is nobody's", nil, addr, Claim{UUID: boot.UUID{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}}, false, boot.UUID{}, ""},
	} {
		t.Run(tt.what, func(t *testing.T) {
			m := New(Options{Now: c.now})
			m.See(boot.Client{MAC: mac, Addr: addr, Class: boot.ClassPXE})
			if tt.before != nil {
				tt.before(m)
			}
			if taken := m.Inventory(mac, report, tt.from, tt.claim); taken != tt.taken {
				t.Errorf("taken: %t", taken)
			}
			got, _ := m.Find(mac)
			if got.UUID != tt.uuid || got.Serial != tt.serial {
				t.Errorf("it is %v, %q", got.UUID, got.Serial)
			}
			if k, _ := m.Look(mac); k.Inventory == nil || k.Inventory.Product != "PC" {
				t.Errorf("the inventory: %+v", k.Inventory)
			}
			if m.See(boot.Client{MAC: mac, UUID: boot.UUID{7, 7, 1}, Serial: "S7"}); m.Inventory(mac, report, addr, claim) {
				t.Error("taken although DHCP said otherwise")
			}
			if got, _ := m.Find(mac); got.UUID != (boot.UUID{7, 7, 1}) || got.Serial != "S7" {
				t.Errorf("DHCP does not decide: %v, %q", got.UUID, got.Serial)
			}
		})
	}
	m := New(Options{Now: c.now})
	if m.Inventory(mac, report, addr, claim) || m.Stats().Machines != 0 {
		t.Error("an inventory made a machine of nothing")
	}
}
