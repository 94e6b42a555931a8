// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/configs"
	"github.com/bootlace-net/bootlace/internal/netif"
)

// TestALogIsOfTheMachineBehindTheAddress: of those that booted here or are configured, and of nobody else, whatever the line says.
func TestALogIsOfTheMachineBehindTheAddress(t *testing.T) {
	a := assembledOf(t, map[string]string{
		"profiles/p.yaml": "kernel: linux\n",
		"hosts/h.yaml":    "hosts: [{name: one, match: {mac: '52:54:00:00:00:01'}, profile: p}]\n",
	})
	a.decider.neighbour = func(from netip.Addr) (netif.MAC, bool) {
		m, ok := map[netip.Addr]netif.MAC{addr("10.0.0.1"): netif.MAC(mac(1)), addr("10.0.0.3"): netif.MAC(mac(3)), addr("10.0.0.4"): netif.MAC(mac(4))}[from]
		return m, ok
	}
	a.memory.See(boot.Client{MAC: mac(2), Addr: addr("10.0.0.2"), Vendor: "PXEClient"})
	a.memory.See(boot.Client{MAC: mac(4), Vendor: "PXEClient"})
	s := senders{a.decider, &admission{host: a.host, allow: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/24")}}}
	got := map[string]string{}
	for _, from := range []string{"10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5", "10.1.0.2"} {
		if p, ok := s.Behind(ourAddr, addr(from)); ok {
			got[from] = p.Client.MAC.String()
			if p.Host != nil {
				got[from] = p.Host.Name
			}
		}
	}
	want := map[string]string{
		"10.0.0.1": "one",           // a host, by the kernel's table
		"10.0.0.2": mac(2).String(), // it booted here
		"10.0.0.4": mac(4).String(), // it did, too: by the kernel's table
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestALineOfALog: from a socket to the story of the machine.
func TestALineOfALog(t *testing.T) {
	a := assembledOf(t, map[string]string{
		"profiles/p.yaml": "kernel: linux\n",
		"hosts/h.yaml":    "hosts: [{name: one, match: {mac: '52:54:00:00:00:01'}, profile: p}]\n",
	})
	a.memory.See(boot.Client{MAC: mac(1), Addr: ourAddr})
	to := netip.AddrPortFrom(ourAddr, freePort(t))
	if err := a.listenSyslog(&configs.Syslog{Listen: []netip.AddrPort{to}}); err != nil {
		t.Fatal(err)
	}
	go func() { _ = a.tasks[len(a.tasks)-1].Run(t.Context()) }()
	c, err := net.Dial("udp", to.String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Write([]byte("<11>Oct  1 07:08:09 anna[1]: \u202eno mirror")); err != nil {
		t.Fatal(err)
	}
	var story []boot.Event
	for range 6000 {
		if story = a.memory.Story(mac(1)); len(story) > 0 {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if len(story) != 1 {
		t.Fatalf("%+v", story)
	}
	e := story[0]
	if e.Kind != boot.EventLog || e.Level != boot.LevelWarn || e.Host != "one" || e.Profile != "p" || e.Text != "anna: ?no mirror" ||
		*e.Log != (boot.LogLine{Form: "rfc3164", Program: "anna", Severity: "err"}) {
		t.Errorf("%+v %+v", e, e.Log)
	}
	if err := a.listenSyslog(&configs.Syslog{}); err != nil || len(a.tasks) != 1 {
		t.Errorf("it listens without being asked: %v, %d tasks", err, len(a.tasks))
	}
}
