// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"net/netip"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/dhcpproxy"
	"github.com/bootlace-net/bootlace/internal/machines"
	"github.com/bootlace-net/bootlace/internal/netif"
)

func mac(last byte) boot.MAC { return boot.MAC{0x52, 0x54, 0, 0, 0, last} }

func addr(s string) netip.Addr { return netip.MustParseAddr(s) }

func TestWhoAsks(t *testing.T) {
	m := machines.New(machines.Options{})
	m.See(boot.Client{MAC: mac(3), Addr: addr("10.0.0.3"), Serial: "S3"})
	m.See(boot.Client{UUID: boot.UUID{6}, Addr: addr("10.0.0.6"), Serial: "S6"}) // it tells no hardware address
	d := &decider{memory: m, neighbour: func(a netip.Addr) (netif.MAC, bool) {
		m, ok := map[netip.Addr]netif.MAC{addr("10.0.0.3"): mac(9), addr("10.0.0.4"): mac(4)}[a]
		return m, ok
	}}
	for _, tc := range []struct {
		what, name, from string
		mac              boot.MAC
		serial, by       string
	}{
		{"machine prefix wins", "m/52-54-00-00-00-01/pxelinux.cfg/01-52-54-00-00-00-02", "10.0.0.3", mac(1), "", "name"},
		{"then the loader's search key", "pxelinux.cfg/01-52-54-00-00-00-02", "10.0.0.3", mac(2), "", "search"},
		{"then DHCP", "grub/grub.cfg", "10.0.0.3", mac(3), "S3", "dhcp"},
		{"then the neighbour table", "grub/grub.cfg", "10.0.0.4", mac(4), "", "neighbour"},
		{"else nothing", "grub/grub.cfg", "10.0.0.5", boot.MAC{}, "", "nothing"},
		{"a machine known by its UUID alone", "grub/grub.cfg", "10.0.0.6", boot.MAC{}, "S6", "dhcp"},
	} {
		t.Run(tc.what, func(t *testing.T) {
			n, err := boot.ParseName(tc.name)
			if err != nil {
				t.Fatal(err)
			}
			c, by := d.identify(n, addr(tc.from))
			if c.MAC != tc.mac || c.Serial != tc.serial || by != tc.by || c.Addr != addr(tc.from) {
				t.Errorf("got %v (%s) at %v, want %v (%s)", c.MAC, by, c.Addr, tc.mac, tc.by)
			}
		})
	}
}

// plans is a source that counts what it is asked.
type plans struct {
	fakeSite
	asked *[]boot.Client
}

func (p plans) Plan(c boot.Client) boot.Plan {
	*p.asked = append(*p.asked, c)
	return p.fakeSite.Plan(c)
}

func testDecider(site source) *decider {
	return &decider{
		current: func() source { return site }, memory: machines.New(machines.Options{}),
		neighbour: func(netip.Addr) (netif.MAC, bool) { return netif.MAC{}, false }, events: func(boot.Event) {},
	}
}

// see is what DHCP does with a packet.
func see(d *decider, c boot.Client) boot.Client { return d.memory.(*machines.Memory).See(c) }

// TestOnePlan: a request asks for one plan, of all that is known.
func TestOnePlan(t *testing.T) {
	var asked []boot.Client
	d := testDecider(plans{fakeSite{plansOf: plansOf{mac(1): "one"}}, &asked})
	d.Plan(see(d, boot.Client{MAC: mac(1), UUID: boot.UUID{7}, Addr: addr("10.0.0.1")}), dhcpproxy.Moment{})
	d.Plan(see(d, boot.Client{MAC: mac(1)}), dhcpproxy.Moment{})
	d.who(d.current(), boot.Name{}, addr("10.0.0.1"))
	if len(asked) != 3 {
		t.Fatalf("%d plans for three requests", len(asked))
	}
	for i, c := range asked {
		if c.MAC != mac(1) || c.UUID != (boot.UUID{7}) {
			t.Errorf("request %d was planned for %+v", i, c)
		}
	}
}

// TestStrangers: DHCP tells of machines that nobody names, with all that is known.
func TestStrangers(t *testing.T) {
	var told []boot.Event
	d := testDecider(fakeSite{plansOf: plansOf{mac(1): "one"}})
	d.events = func(e boot.Event) { told = append(told, e) }
	d.Plan(boot.Client{MAC: mac(1)}, dhcpproxy.Moment{})
	d.Plan(boot.Client{Serial: "nobody"}, dhcpproxy.Moment{})
	if len(told) > 0 {
		t.Errorf("%+v", told)
	}
	d.Plan(boot.Client{MAC: mac(9), Serial: "S9"}, dhcpproxy.Moment{})
	if len(told) != 1 || told[0].Kind != boot.EventUnknown || told[0].Client.Serial != "S9" || told[0].Detail != "ignore" || told[0].Once != time.Hour {
		t.Errorf("%+v", told)
	}
}
