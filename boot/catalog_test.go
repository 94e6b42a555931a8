// SPDX-License-Identifier: Apache-2.0

package boot

import (
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func mac(t testing.TB, s string) MAC {
	t.Helper()
	m, err := ParseMAC(s)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func kernelDraft(name string, inherits ...string) *Draft {
	d := &Draft{}
	d.Name, d.Kernel = name, Text{S: name + "/linux"}
	d.Inherits, d.InheritsPos = inherits, make([]Pos, len(inherits))
	return d
}

func mustBuild(t testing.TB, s Spec) *Catalog {
	t.Helper()
	c, problems := Build(s)
	for _, p := range problems {
		if !p.Warning {
			t.Error(p)
		}
	}
	if c == nil {
		t.FailNow()
	}
	return c
}

func TestPlan(t *testing.T) {
	m1, m2 := mac(t, "52:54:00:00:00:01"), mac(t, "52:54:00:00:00:02")
	uuid, _ := ParseUUID("4c4c4544-0032-4610-8053-b7c04f4d5031")
	c := mustBuild(t, Spec{
		Profiles: []*Draft{kernelDraft("a"), kernelDraft("b"), kernelDraft("c")},
		Hosts: []*Host{
			{Name: "h1", Match: Match{MACs: []MAC{m1}}, Profile: "a", Vars: Vars{"x": "host"}},
			{Name: "u1", Match: Match{UUIDs: []UUID{uuid}}, Profile: "b", Labels: map[string]string{"rack": "r7"}},
			{Name: "port", Match: Match{Relays: []netip.Addr{netip.MustParseAddr("10.1.0.1")}, Circuits: []string{"ge-0/0/7"}}},
			{Name: "off", Match: Match{Serials: []string{"X*"}}, Ignore: true},
		},
		Groups: []*Group{
			{Name: "net", Match: Match{Subnets: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")}}, Profile: "c", Vars: Vars{"x": "net", "y": "net"}},
			{Name: "narrow", Match: Match{Subnets: []netip.Prefix{netip.MustParsePrefix("10.1.2.0/24")}}, Vars: Vars{"y": "narrow"}},
			{Name: "rack", Match: Match{Labels: map[string]string{"rack": "r7"}}, Vars: Vars{"r": "yes"}},
		},
	})
	for _, tt := range []struct {
		name    string
		client  Client
		action  Action
		profile string
		vars    Vars
	}{
		{"mac", Client{MAC: m1}, ActionBoot, "a", Vars{"x": "host"}},
		{"mac beats uuid", Client{MAC: m1, UUID: uuid}, ActionBoot, "a", Vars{"x": "host"}},
		{"uuid with label group", Client{MAC: m2, UUID: uuid}, ActionBoot, "b", Vars{"r": "yes"}},
		{"uuid swapped", Client{UUID: uuid.Swapped()}, ActionBoot, "b", Vars{"r": "yes"}},
		{"port, group's profile", Client{MAC: m2, Relay: netip.MustParseAddr("10.1.0.1"), Circuit: "GE-0/0/7"}, ActionBoot, "c", Vars{"x": "net", "y": "net"}},
		{"narrow wins", Client{MAC: m2, Addr: netip.MustParseAddr("10.1.2.9")}, ActionBoot, "c", Vars{"x": "net", "y": "narrow"}},
		{"unknown", Client{MAC: m2}, ActionIgnore, "", nil},
		{"ignored", Client{Serial: "x12"}, ActionIgnore, "", nil},
		{"nothing known", Client{}, ActionIgnore, "", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := c.Plan(tt.client)
			name := ""
			if p.Profile != nil {
				name = p.Profile.Name
			}
			if p.Action != tt.action || name != tt.profile {
				t.Errorf("got %v %q, want %v %q; why: %v", p.Action, name, tt.action, tt.profile, p.Why)
			}
			if diff := cmp.Diff(tt.vars, p.Vars); diff != "" {
				t.Errorf("vars (-want +got):\n%s", diff)
			}
			if p.Reason() == "" {
				t.Error("no reason")
			}
		})
	}
}

func TestPlanNames(t *testing.T) {
	m := mac(t, "52:54:00:00:00:01")
	d := kernelDraft("a")
	d.Loader = map[string]Text{"bios": {S: "pxelinux.0"}, "arm64": {S: "arm/grub.efi"}}
	c := mustBuild(t, Spec{Profiles: []*Draft{d}, Hosts: []*Host{{Name: "h", Match: Match{MACs: []MAC{m}}, Profile: "a"}}})
	for arch, want := range map[Arch]string{
		ArchBIOS: "m/52-54-00-00-00-01/pxelinux.0", ArchX64: "m/52-54-00-00-00-01/snponly.efi",
		ArchEBC: "m/52-54-00-00-00-01/snponly.efi", ArchARM64HTTP: "m/52-54-00-00-00-01/arm/grub.efi",
		ArchRISCV64: "m/52-54-00-00-00-01/ipxe-riscv64.efi",
	} {
		p := c.Plan(Client{MAC: m, Archs: []Arch{arch}})
		if got := p.Loader.String(); got != want {
			t.Errorf("%v: loader %q, want %q", arch, got, want)
		}
		if got := p.Script.String(); got != "m/52-54-00-00-00-01/boot.ipxe" {
			t.Errorf("script %q", got)
		}
	}
	if p := c.Plan(Client{MAC: m, Archs: []Arch{ArchRPi}}); p.Loader.Base != "" {
		t.Errorf("a Raspberry Pi needs no loader, got %q", p.Loader)
	}
}

func TestBuildProblems(t *testing.T) {
	m := mac(t, "52:54:00:00:00:01")
	destructive := kernelDraft("wipe")
	destructive.Destructive = true
	for _, tt := range []struct {
		name string
		spec Spec
		want string
	}{
		{"dangling", Spec{Profiles: []*Draft{kernelDraft("debian")}, Hosts: []*Host{{Name: "h", Match: Match{MACs: []MAC{m}}, Profile: "debain"}}},
			"no profile is named debain: did you mean debian?"},
		{"cycle", Spec{Profiles: []*Draft{kernelDraft("a", "b"), kernelDraft("b", "c"), kernelDraft("c", "a")}}, "profile a inherits itself: a -> b -> c -> a"},
		{"self", Spec{Profiles: []*Draft{kernelDraft("a", "a")}}, "profile a inherits itself: a -> a"},
		{"duplicate host", Spec{Hosts: []*Host{{Name: "h", Match: Match{MACs: []MAC{m}}}, {Name: "h", Match: Match{MACs: []MAC{m}}}}}, "host h: already defined"},
		{"same mac", Spec{Hosts: []*Host{{Name: "g", Match: Match{MACs: []MAC{m}}}, {Name: "h", Match: Match{MACs: []MAC{m, {2}}}}}}, "claims the same machine as host g"},
		{"no selector", Spec{Hosts: []*Host{{Name: "h"}}}, "host h has no selector"},
		{"never", Spec{Groups: []*Group{{Name: "g", Match: Match{Archs: []Arch{ArchBIOS}, Firmware: []Firmware{FirmwareUEFI}}}}}, "can never match"},
		{"unknown wiped", Spec{Profiles: []*Draft{destructive}, Unknown: Unknown{Action: ActionBoot, Profile: "wipe"}}, "unknown machines would be installed"},
		{"group wipes", Spec{Profiles: []*Draft{destructive}, Groups: []*Group{{Name: "g", Profile: "wipe"}}}, "group g would install"},
		{"same group", Spec{Profiles: []*Draft{kernelDraft("a"), kernelDraft("b")}, Groups: []*Group{{Name: "g", Profile: "a"}, {Name: "h", Profile: "b"}}}, "group h never decides"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, problems := Build(tt.spec)
			if c != nil {
				t.Error("there is a catalog all the same")
			}
			var all []string
			for _, p := range problems {
				all = append(all, p.Error())
			}
			if got := strings.Join(all, "\n"); !strings.Contains(got, tt.want) {
				t.Errorf("got %s\nwant %s", got, tt.want)
			}
		})
	}
}

// TestPlanConcurrently: many may ask one catalog, also while another is built of the same words.
func TestPlanConcurrently(t *testing.T) {
	c := mustBuild(t, bigSpec(100))
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for n := range 200 {
				client := Client{MAC: benchMAC(n % 100), Addr: netip.AddrFrom4([4]byte{10, 0, byte(i), 9})}
				if p := c.Plan(client); p.Host == nil || p.Host.Name != fmt.Sprint("node", n%100) || p.Vars["rack"] != fmt.Sprint(i) {
					t.Errorf("got %+v", p)
					return
				}
			}
		})
	}
	mustBuild(t, bigSpec(100))
	wg.Wait()
}
