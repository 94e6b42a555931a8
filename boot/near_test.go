// SPDX-License-Identifier: Apache-2.0

package boot

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNearMisses(t *testing.T) {
	m := MAC{0x52, 0x54, 0, 0, 0, 1}
	c := mustBuild(t, Spec{Profiles: []*Draft{kernelDraft("p")}, Hosts: []*Host{
		{Name: "arm", Match: Match{MACs: []MAC{m}, Archs: []Arch{ArchARM64}}, Profile: "p"},
		{Name: "bios", Match: Match{MACs: []MAC{m}, Archs: []Arch{ArchBIOS}, Circuits: []string{"x"}}, Profile: "p"},
		{Name: "else", Match: Match{MACs: []MAC{{2}}, Archs: []Arch{ArchARM64}}, Profile: "p"},
		{Name: "here", Match: Match{Archs: []Arch{ArchX64}}, Profile: "p"},
	}})
	var got []string
	for _, s := range c.NearMisses(Client{MAC: m, Archs: []Arch{ArchX64}}) {
		got = append(got, s.What)
	}
	want := []string{
		"host arm has mac 52:54:00:00:00:01, but asks for arch uefi-arm64",
		"host bios has mac 52:54:00:00:00:01, but asks for circuit x, arch bios",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
