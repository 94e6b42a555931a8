// SPDX-License-Identifier: Apache-2.0

package boot

import (
	"slices"
	"testing"
)

func TestParseMAC(t *testing.T) {
	want := MAC{0x52, 0x54, 0, 0x12, 0x34, 0xab}
	for _, s := range []string{"52:54:00:12:34:ab", "52-54-00-12-34-AB", "5254.0012.34ab", "5254001234ab"} {
		got, err := ParseMAC(s)
		if err != nil || got != want {
			t.Errorf("%q: got %v, %v", s, got, err)
		}
		if again, err := ParseMAC(got.String()); err != nil || again != want {
			t.Errorf("%q: back %v, %v", s, again, err)
		}
	}
	for _, s := range []string{"", "52:54:00:12:34", "52:54-00:12:34:ab", "52:54:00:12:34:xx", "525:4:00:12:34:ab", "5254.001.234ab0", "5254001234abcd"} {
		if m, err := ParseMAC(s); err == nil || !m.IsZero() {
			t.Errorf("%q: got %v, want an error", s, m)
		}
	}
}

func TestUUID(t *testing.T) {
	u, err := ParseUUID("4C4C4544-0032-4610-8053-b7c04f4d5031")
	if err != nil || u.String() != "4c4c4544-0032-4610-8053-b7c04f4d5031" {
		t.Fatal(u, err)
	}
	if got := u.Swapped().String(); got != "44454c4c-3200-1046-8053-b7c04f4d5031" {
		t.Errorf("swapped %s", got)
	}
	if UUIDFromWire(u.Swapped()) != u {
		t.Error("from the wire the first three fields are little-endian")
	}
	for s, want := range map[string]bool{
		"00000000-0000-0000-0000-000000000000": true, "ffffffff-ffff-ffff-ffff-ffffffffffff": true,
		"03000200-0400-0500-0006-000700080009": true, "03020100-0504-0706-0809-0a0b0c0d0e0f": true,
		"4c4c4544-0032-4610-8053-b7c04f4d5031": false,
	} {
		u, err := ParseUUID(s)
		if err != nil || u.Placeholder() != want || u.Swapped().Placeholder() != want {
			t.Errorf("%s: placeholder %t, want %t (%v)", s, u.Placeholder(), want, err)
		}
	}
	for _, s := range []string{"", "4c4c4544003246108053b7c04f4d5031", "4c4c4544-0032-4610-8053-b7c04f4d503", "4c4c4544-0032-4610-8053-b7c04f4d503x"} {
		if _, err := ParseUUID(s); err == nil {
			t.Errorf("%q: want an error", s)
		}
	}
}

func TestArch(t *testing.T) {
	names := ArchNames()
	if len(names) != 42 {
		t.Fatalf("%d names, want those of codes 0 to 41", len(names))
	}
	for i, name := range names {
		a, err := ParseArch(name)
		if err != nil || a != Arch(i) {
			t.Errorf("%s: got %d, %v, want %d", name, a, err, i)
		}
		if a.CPU() == "" || a.Plain().HTTP() || a.Plain().CPU() != a.CPU() || a.Plain().Firmware() != a.Firmware() {
			t.Errorf("%s: cpu %q, plain %v", name, a.CPU(), a.Plain())
		}
	}
	if a, err := ParseArch("99"); err != nil || a != 99 || a.Known() || a.String() != "99" {
		t.Errorf("99: got %v, %v", a, err)
	}
	if _, err := ParseArch("amd65"); err == nil {
		t.Error("amd65: want an error")
	}
	for a, want := range map[Arch][]string{
		ArchBIOS: {"bios", "i386", "x86_64"}, ArchX64: {"uefi-x64", "x86_64", "uefi"},
		ArchARM64HTTP: {"uefi-arm64-http", "uefi-arm64", "arm64", "uefi"},
	} {
		if got := a.Keys(); !slices.Equal(got, want) {
			t.Errorf("%v: keys %v, want %v", a, got, want)
		}
	}
	if got := (Client{Archs: []Arch{99, ArchX64HTTP}}).Arch(); got != ArchX64 {
		t.Errorf("the first registered one counts, got %v", got)
	}
}

func TestMACPattern(t *testing.T) {
	mac := MAC{0x52, 0x54, 0, 0xaa, 0, 1}
	for text, want := range map[string]bool{
		"52:54:00:aa:00:01": true, "52-54-00-AA-00-02": false, "52:54:*": true, "5254.00A*": true, "53*": false,
	} {
		p, err := ParseMACPattern(text)
		if err != nil || p.Matches(mac) != want {
			t.Errorf("%s: %v, %t", text, err, p.Matches(mac))
		}
		if again, err := ParseMACPattern(p.String()); err != nil || again != p {
			t.Errorf("%s becomes %s", text, p)
		}
	}
	for _, text := range []string{"*", "52:54", "00:00:00:00:00:00", "01:00:5e:00:00:01", "52:54:00:aa:00:01*", "x*"} {
		if _, err := ParseMACPattern(text); err == nil {
			t.Errorf("%s: want an error", text)
		}
	}
}
