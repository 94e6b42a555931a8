// SPDX-License-Identifier: Apache-2.0

package api

import (
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/bootlace-net/bootlace/boot"
)

func names(all []Machine) (out []string) {
	for _, m := range all {
		out = append(out, m.Name+" "+m.State)
	}
	return out
}

func TestListHasConfigurationAndMemory(t *testing.T) {
	s := newSite(t)
	s.see(boot.Client{MAC: mac1, Addr: addr("192.0.2.1")})
	s.see(boot.Client{MAC: mac2, Addr: addr("192.0.2.2")})
	s.see(boot.Client{MAC: mac9})
	s.see(boot.Client{MAC: boot.MAC{2}, Serial: "s2"})
	s.Memory.Learn(boot.MAC{2}, func(h *boot.History) { h.Boots[0].Count = 3 })
	c, _, _ := s.serve(t)
	for _, tc := range []struct {
		q    Query
		want []string
	}{
		{Query{}, []string{"node1 seen", "node2 looping", "node3 unseen", "52:54:00:00:00:09 seen"}},
		{Query{State: "LOOPING"}, []string{"node2 looping"}},
		{Query{Profile: "debian"}, []string{"node1 seen", "node3 unseen"}},
		{Query{Profile: "debian", State: Seen}, []string{"node1 seen"}},
		{Query{State: "nonsense"}, nil},
	} {
		all, err := c.All(t.Context(), tc.q)
		if err != nil || !slices.Equal(names(all), tc.want) {
			t.Errorf("%+v: %q, %v", tc.q, names(all), err)
		}
	}
	all, _ := c.All(t.Context(), Query{})
	if !slices.Equal(all[0].MACs, []string{mac1.String(), mac2.String()}) || !slices.Equal(all[0].Addresses, []string{"192.0.2.1", "192.0.2.2"}) {
		t.Errorf("one machine has both its cards: %+v", all[0])
	}
}

// TestPages: pages of every size give the same list.
func TestPages(t *testing.T) {
	s := newSite(t)
	for i := range 57 {
		s.see(boot.Client{MAC: boot.MAC{2, byte(i)}})
	}
	c, _, _ := s.serve(t)
	want, err := c.All(t.Context(), Query{})
	if err != nil || len(want) != 60 {
		t.Fatalf("%d, %v", len(want), err)
	}
	for _, limit := range []int{1, 7, 59, 60, 61} {
		if got, err := c.All(t.Context(), Query{Limit: limit}); err != nil || cmp.Diff(want, got) != "" {
			t.Errorf("pages of %d: %d machines, %v", limit, len(got), err)
		}
	}
	for _, limit := range []string{"0", "-1", "1001", "x"} {
		err := c.do(t.Context(), http.MethodGet, "/machines?limit="+limit, nil, &Page{})
		if status(err) != http.StatusBadRequest {
			t.Errorf("limit %s: %v", limit, err)
		}
	}
	if err := c.do(t.Context(), http.MethodGet, "/machines?stat=seen", nil, &Page{}); status(err) != http.StatusBadRequest || !strings.Contains(err.Error(), "unknown parameter stat") {
		t.Errorf("a slip of the hand is told: %v", err)
	}
}

func TestEveryNameLeadsToTheMachine(t *testing.T) {
	s := newSite(t)
	s.see(boot.Client{MAC: mac1, UUID: uuid, Serial: "S/1 x"})
	s.see(boot.Client{MAC: mac9, Serial: "twin"})
	s.see(boot.Client{MAC: boot.MAC{2}, Serial: "Twin"})
	s.see(boot.Client{MAC: boot.MAC{4}, Serial: "0123456789ab"})
	c, _, _ := s.serve(t)
	for name, want := range map[string]string{
		"node1": "host/node1", "host/node1": "host/node1", "52:54:00:00:00:01": "host/node1", "52-54-00-00-00-02": "host/node1", "525400000001": "host/node1",
		"5254.0000.0001": "host/node1", "mac/52:54:00:00:00:01": "host/node1", uuid.String(): "host/node1", uuid.Swapped().String(): "host/node1",
		"s/1 X": "host/node1", "node3": "host/node3", "52:54:00:00:00:03": "host/node3", "s2": "host/node2",
		"525400000009": "mac/52:54:00:00:00:09", "0123456789AB": "mac/04:00:00:00:00:00",
	} {
		if m, err := c.Machine(t.Context(), name); err != nil || m.ID != want {
			t.Errorf("%q: %q, %v; want %s", name, m.ID, err, want)
		}
	}
	for name, want := range map[string]string{
		"node":                                 "there is no machine node: did you mean node1?",
		"525400000077":                         "there is no machine 525400000077: expected a host of the configuration, or the MAC",
		"00000000-0000-0000-0000-000000000000": "there is no machine 0",
		"\x1b[31m\u202e":                       "there is no machine ?[31m?: ",
		"..":                                   "there is nothing here",
	} {
		if _, err := c.Machine(t.Context(), name); status(err) != http.StatusNotFound || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v, want %s", name, err, want)
		}
	}
	_, err := c.Machine(t.Context(), "TWIN")
	if status(err) != http.StatusConflict || err.Error() != "TWIN is 2 machines: name one of 02:00:00:00:00:00, 52:54:00:00:00:09" {
		t.Errorf("ambiguous: %v", err)
	}
}

// TestManyOfOneName: the list of candidates is bounded.
func TestManyOfOneName(t *testing.T) {
	s := newSite(t)
	for i := range 200 {
		s.see(boot.Client{MAC: boot.MAC{2, byte(i)}, Serial: "To Be Filled By O.E.M."})
	}
	_, err := s.find("to be filled by o.e.m.")
	if p := asProblem(err); p.Status != http.StatusConflict || len(p.Candidates) != mostCandidates || !strings.HasSuffix(p.Detail, ", …") {
		t.Errorf("%+v", p)
	}
}

func TestShowSaysWhy(t *testing.T) {
	s := newSite(t)
	s.see(boot.Client{MAC: mac1, UUID: uuid, Addr: addr("192.0.2.1"), Interface: "eth0", Subnet: netip.MustParsePrefix("192.0.2.0/24"), Archs: []boot.Arch{boot.ArchX64}, Class: boot.ClassPXE})
	c, _, _ := s.serve(t)
	got, err := c.Machine(t.Context(), "node1")
	if err != nil {
		t.Fatal(err)
	}
	at := noon
	want := Machine{ID: "host/node1", Name: "node1", State: Seen, Host: "node1", Profile: "debian", Action: "boot", MACs: []string{mac1.String()},
		UUID: uuid.String(), Arch: boot.ArchX64.String(), Addresses: []string{"192.0.2.1"}, Interface: "eth0", Heard: &at, Last: "dhcp DISCOVER: offer"}
	if len(got.Reasons) == 0 || !strings.Contains(got.Reasons[0].What, "host node1") {
		t.Errorf("reasons %+v", got.Reasons)
	}
	if got.Reasons = nil; cmp.Diff(want, got) != "" {
		t.Error(cmp.Diff(want, got))
	}
}

// hostile is what a packet may hold: an escape sequence, a C1 control, a mark that turns the direction, bytes that are no UTF-8.
const hostile = "\x1b]0;owned\x07\u009b31m\u202egnp\r\n\x00\xff<script>"

// TestNothingOfAPacketLeavesItsField: what machines say of themselves comes as plain text, however it is printed.
func TestNothingOfAPacketLeavesItsField(t *testing.T) {
	s := newSite(t)
	long := hostile + strings.Repeat("x", 10000)
	s.see(boot.Client{MAC: mac9, Hostname: long, Serial: long, Vendor: long, Circuit: long, Remote: long, Interface: hostile, Subnet: netip.MustParsePrefix("192.0.2.0/24"), Relay: addr("192.0.2.9")})
	c, _, _ := s.serve(t)
	m, err := c.Machine(t.Context(), mac9.String())
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{m.Hostname, m.Serial, m.Vendor, m.Circuit, m.Remote, m.Interface} {
		if strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) || len(text) > 4*longestFact || !strings.Contains(text, "<script>") {
			t.Errorf("%q", text)
		}
	}
}

// TestAMachineWithoutAnAddress is named by what it is remembered under.
func TestAMachineWithoutAnAddress(t *testing.T) {
	s := newSite(t)
	s.see(boot.Client{DUID: "d1", Serial: "S7"})
	m := s.machine(s.all()[3])
	again, err := s.find(m.Name)
	if err != nil || again.id() != m.ID || len(m.MACs) != 0 {
		t.Errorf("%+v, %v", m, err)
	}
}

// BenchmarkList10000 is what the whole list costs, with half of the machines in the configuration.
func BenchmarkList10000(b *testing.B) {
	var hosts []*boot.Host
	for i := range 5000 {
		hosts = append(hosts, &boot.Host{Name: fmt.Sprint("node", i), Profile: "debian", Match: boot.Match{MACs: []boot.MAC{{2, byte(i >> 8), byte(i)}}}})
	}
	cat, _ := boot.Build(boot.Spec{Profiles: []*boot.Draft{profile("debian")}, Hosts: hosts})
	s := newSite(b)
	s.Catalog = func() *boot.Catalog { return cat }
	for i := range 10000 {
		s.see(boot.Client{MAC: boot.MAC{2, byte(i >> 8), byte(i)}, Class: boot.ClassPXE})
	}
	for b.Loop() {
		r, _ := http.NewRequest(http.MethodGet, "/?state=looping", nil)
		if p, err := s.list(r); err != nil || len(p.Machines) != 0 {
			b.Fatal(p, err)
		}
	}
}
