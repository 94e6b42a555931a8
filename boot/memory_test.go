// SPDX-License-Identifier: Apache-2.0

package boot

import "testing"

func TestMemoryVerdict(t *testing.T) {
	const gib = 1 << 30
	for _, tt := range []struct {
		m        Memory
		policy   MemoryPolicy
		installs bool
		want     string
	}{
		{Memory{}, MemoryRefuse, true, ""},
		{Memory{Has: gib}, MemoryRefuse, true, ""},
		{Memory{gib, 0}, MemoryRefuse, true, "unknown: it needs 1024 MiB of memory, and how much this machine has is not known"},
		{Memory{gib, gib - 40<<20}, MemoryRefuse, true, "enough: it needs 1024 MiB of memory, and this machine reports 984 MiB"},
		{Memory{gib, gib / 2}, MemoryRefuse, true, "too-little: it needs 1024 MiB of memory, and this machine reports 512 MiB; it is not installed, but goes on with its disk"},
		{Memory{gib, gib / 2}, MemoryRefuse, false, "too-little: it needs 1024 MiB of memory, and this machine reports 512 MiB; it is warned, and boots after a pause"},
		{Memory{gib, gib / 2}, MemoryWarn, true, "too-little: it needs 1024 MiB of memory, and this machine reports 512 MiB; it is warned, and boots after a pause"},
		{Memory{gib, gib / 2}, MemoryIgnore, true, ""},
	} {
		got := ""
		if v := tt.m.Under(tt.policy, tt.installs).Verdict(); v != nil {
			got = v.String()
		}
		if got != tt.want {
			t.Errorf("%+v, policy %d, installs %t: %q, want %q", tt.m, tt.policy, tt.installs, got, tt.want)
		}
	}
}

// TestUnattended: what a machine comes to by itself is found through menus and profiles, and what goes round in circles leads to nothing.
func TestUnattended(t *testing.T) {
	need := int64(1 << 30)
	live := &Draft{Profile: Profile{Entry: Entry{Name: "live", Kernel: Text{S: "linux"}, LeastMemory: &need}}}
	menu := func(name string, m *Menu) *Draft { return &Draft{Profile: Profile{Entry: Entry{Name: name}, Start: m}} }
	toLive := &Menu{Timeout: 5, Entries: []*Entry{{Name: "l", Kind: EntryProfile, Profile: "live"}, {Name: "local", Kind: EntryLocal}}}
	inner := &Menu{Timeout: 5, Entries: []*Entry{{Name: "deeper", Kind: EntryMenu, Menu: toLive}}}
	forever := &Menu{Entries: toLive.Entries}
	around := &Menu{Timeout: 5, Entries: []*Entry{{Name: "x", Kind: EntryProfile, Profile: "around"}}}
	local := &Menu{Timeout: 5, Default: "local", Entries: toLive.Entries}
	c, _ := Build(Spec{Profiles: []*Draft{live, menu("menu", toLive), menu("deep", inner), menu("forever", forever), menu("around", around), menu("local", local)}})
	for name, want := range map[string]int64{"live": need, "menu": need, "deep": need, "forever": 0, "around": 0, "local": 0} {
		if got, _ := c.Memory(&Plan{Profile: c.Profile(name)}, 1); got.Need != want {
			t.Errorf("profile %s needs %d, want %d", name, got.Need, want)
		}
	}
}
