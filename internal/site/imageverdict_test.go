// SPDX-License-Identifier: Apache-2.0

package site

import (
	"slices"
	"testing"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/images/vault"
	"github.com/bootlace-net/bootlace/internal/secureboot"
)

// TestSecureBootOf: images are judged by what is inside of them.
func TestSecureBootOf(t *testing.T) {
	state := t.TempDir()
	keepImage(t, state, "debian/12", [][2]string{{"kernel", "linux"}, {"initrd", "initrd.gz"}})
	keepImage(t, state, "program/1", [][2]string{{"program", "x.efi"}})
	keepImage(t, state, "medium/1", [][2]string{{"iso", "x.iso"}})
	v := vault.Open(VaultDir(&open(t, imageSite(t, state, "image: debian/12\n", nil), state).Settings.Server))
	for name, want := range map[string]secureboot.Code{"debian/12": secureboot.NotEFI, "program/1": secureboot.NotEFI} {
		if got := SecureBootOf(v, v.Image(name)); got == nil || got.Code != want || got.Answer != secureboot.No {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if got := SecureBootOf(v, v.Image("medium/1")); got != nil {
		t.Errorf("a medium as a whole: %+v", got)
	}
}

// TestFirmwareOf: names alone say who is trusted, and only where all of them are known that nobody else is.
func TestFirmwareOf(t *testing.T) {
	many := slices.Repeat([]string{"CA"}, boot.MostCAs)
	for _, tt := range []struct {
		said  *boot.Inventory
		state secureboot.State
		names []string
	}{
		{nil, "", nil},
		{&boot.Inventory{SecureBoot: "on"}, "on", nil},
		{&boot.Inventory{SecureBoot: "on", CAs: []string{"A", "B"}}, "on", []string{"A", "B"}},
		{&boot.Inventory{SecureBoot: "setup", CAs: []string{"A", boot.UnreadableCA}}, "setup", nil},
		{&boot.Inventory{SecureBoot: "off", CAs: many}, "off", nil},
	} {
		if f := FirmwareOf(tt.said); f.State != tt.state || !slices.Equal(f.Names, tt.names) {
			t.Errorf("%+v: %+v", tt.said, f)
		}
	}
}

// TestChainedProgramIsJudged: what an iPXE starts by chain is a part of the chain, if it is a program for UEFI.
func TestChainedProgramIsJudged(t *testing.T) {
	m, _ := boot.ParseMAC(one)
	for profile, want := range map[string]int{"chain: program/1/x.efi\n": 2, "chain: x.ipxe\n": 1} {
		state := t.TempDir()
		keepImage(t, state, "program/1", [][2]string{{"program", "x.efi"}})
		s := open(t, imageSite(t, state, profile, nil), state)
		v := s.SecureBoot(s.Plan(boot.Client{MAC: m, Archs: []boot.Arch{boot.ArchX64}, Stage: boot.StageBootlace}), nil)
		if v == nil || len(v.Steps) != want {
			t.Errorf("%q: %+v", profile, v)
		}
	}
}
