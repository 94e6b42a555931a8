// SPDX-License-Identifier: Apache-2.0

package boot

import (
	"fmt"
	"net/netip"
	"testing"
)

// bigSpec is a site of n hosts, 200 profiles that inherit, and 100 groups.
func bigSpec(n int) Spec {
	base := kernelDraft("base")
	base.Vars = Vars{"domain": "example.net", "disk": Vars{"root": "/dev/sda"}}
	s := Spec{Profiles: []*Draft{base}}
	for i := range 200 {
		d := kernelDraft(fmt.Sprintf("p%03d", i), "base")
		d.Cmdline = texts2("console=ttyS0", "quiet")
		d.Vars = Vars{"n": fmt.Sprint(i)}
		s.Profiles = append(s.Profiles, d)
	}
	for i := range 100 {
		s.Groups = append(s.Groups, &Group{
			Name:  fmt.Sprintf("rack%d", i),
			Match: Match{Subnets: []netip.Prefix{netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 0, byte(i), 0}), 24)}},
			Vars:  Vars{"rack": fmt.Sprint(i)},
		})
	}
	for i := range n {
		s.Hosts = append(s.Hosts, &Host{
			Name: fmt.Sprintf("node%d", i), Match: Match{MACs: []MAC{benchMAC(i), benchMAC(i + 1<<20)}},
			Profile: fmt.Sprintf("p%03d", i%200), Vars: Vars{"hostname": fmt.Sprint("node", i)},
		})
	}
	return s
}

func benchMAC(i int) MAC { return MAC{2, 0, byte(i >> 24), byte(i >> 16), byte(i >> 8), byte(i)} }

func BenchmarkBuild10000(b *testing.B) {
	b.ReportAllocs()
	for range b.N {
		b.StopTimer()
		s := bigSpec(10000)
		b.StartTimer()
		if c, problems := Build(s); c == nil {
			b.Fatal(problems)
		}
	}
}

func BenchmarkPlan(b *testing.B) {
	c := mustBuild(b, bigSpec(10000))
	known := Client{MAC: benchMAC(4711), Archs: []Arch{ArchX64}}
	inRack := known
	inRack.Addr = netip.MustParseAddr("10.0.7.9")
	for _, bb := range []struct {
		name   string
		client Client
	}{{"host", known}, {"host-and-group", inRack}, {"unknown", Client{MAC: MAC{6, 6, 6, 6, 6, 6}}}} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for range b.N {
				if p := c.Plan(bb.client); len(p.Why) == 0 {
					b.Fatal("no reason")
				}
			}
		})
	}
}

func BenchmarkDiff10000(b *testing.B) {
	before, after := mustBuild(b, bigSpec(10000)), mustBuild(b, bigSpec(10003))
	b.ResetTimer()
	for range b.N {
		if got := Diff(before, after).String(); got != "+3 hosts" {
			b.Fatal(got)
		}
	}
}
