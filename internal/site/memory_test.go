// SPDX-License-Identifier: Apache-2.0

package site

import (
	"net/netip"
	"testing"

	"github.com/bootlace-net/bootlace/boot"
)

// TestExplainMemory: what becomes of a machine with so much memory, by what its image needs, or its profile says in that place.
func TestExplainMemory(t *testing.T) {
	state := t.TempDir()
	keepImage(t, state, "debian/12", [][2]string{{"kernel", "linux"}, {"initrd", "initrd.gz"}})
	for name, tt := range map[string]struct {
		profile, more string
		has           int64
		want          string
	}{
		"nobody says":        {"image: debian/12\n", "", 512 << 20, ""},
		"the profile says":   {"image: debian/12\nleast_memory_mib: 2048\n", "", 512 << 20, "too-little: it needs 2048 MiB of memory, and this machine reports 512 MiB; it is warned, and boots after a pause"},
		"it installs":        {"image: debian/12\nleast_memory_mib: 2048\ndestructive: true\n", "", 512 << 20, "too-little: it needs 2048 MiB of memory, and this machine reports 512 MiB; it is not installed, but goes on with its disk"},
		"warn only":          {"image: debian/12\nleast_memory_mib: 2048\ndestructive: true\n", "memory: {check: warn}\n", 512 << 20, "too-little: it needs 2048 MiB of memory, and this machine reports 512 MiB; it is warned, and boots after a pause"},
		"nobody looks":       {"image: debian/12\nleast_memory_mib: 2048\n", "memory: {check: off}\n", 512 << 20, ""},
		"it did not say":     {"image: debian/12\nleast_memory_mib: 2048\n", "", 0, "unknown: it needs 2048 MiB of memory, and how much this machine has is not known"},
		"for a kind of them": {"image: debian/12\narch: {uefi-x64: {least_memory_mib: 256}}\nleast_memory_mib: 2048\n", "", 512 << 20, "enough: it needs 256 MiB of memory, and this machine reports 512 MiB"},
	} {
		s := open(t, imageSite(t, state, tt.profile, map[string]string{"bootlace.yaml": "server: {user: \"\"}\n" + tt.more}), state)
		m, _ := boot.ParseMAC(one)
		x := s.Explain(boot.Client{MAC: m, Archs: []boot.Arch{boot.ArchX64}}, netip.Addr{}, Reported{Memory: tt.has})
		got := ""
		if x.Memory != nil {
			got = x.Memory.String()
		}
		if got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}
