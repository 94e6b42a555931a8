// SPDX-License-Identifier: Apache-2.0

package site

import (
	"errors"
	"io/fs"
	"net/netip"
	"testing"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/pe"
	"github.com/bootlace-net/bootlace/internal/pe/petest"
)

// TestEveryArchitecture: of all architectures that are registered, and some that are not, each gets programs that are made for it, or none:
// no i386 or 32-bit ARM program, nor any other, is given to another machine. What is offered is what the tree has.
func TestEveryArchitecture(t *testing.T) {
	s := siteOf(t, map[string]string{"bootlace.yaml": "unknown: menu\n"}, map[string]string{
		"ipxe-i386.efi": string(petest.Program(0x14c)), "ipxe-arm.efi": string(petest.Program(0x1c2)), "ipxe-riscv32.efi": string(petest.Program(0x5032))})
	given := 0
	for code := range boot.Arch(60) {
		c := boot.Client{MAC: boot.MAC{2, 0, 0, 0, 0, 1}, Archs: []boot.Arch{code}}
		p := s.Plan(c)
		for _, n := range []boot.Name{p.Loader, p.Second} {
			if n.Base == "" {
				continue
			}
			f, err := s.File(s.Visit(n, c, netip.Addr{}), p)
			if err != nil {
				if none := (*fs.PathError)(nil); !errors.As(err, &none) {
					t.Errorf("%s: %s: %v", code, n, err)
				}
				continue // there is none for such machines
			}
			given++
			m, isPE := pe.MachineOf(f, f.Size())
			if uefi := code.Firmware() == boot.FirmwareUEFI; isPE != uefi || uefi && m.CPU() != code.CPU() {
				t.Errorf("%s (%s) gets %s, which is for %q", code, code.CPU(), n, m.CPU())
			}
			_ = f.Close()
		}
		if x := s.Explain(c, netip.Addr{}, Reported{}); p.Loader.Base != "" && x.Loader != p.Loader.String() {
			t.Errorf("%s: explain says %s, the plan %s", code, x.Loader, p.Loader)
		}
	}
	// BIOS 2; x64, EBC, each by HTTP, 2 programs: 8; arm64 4; riscv64 and loongarch64 2 each; i386, arm, riscv32 of the operator's 2 each, and xscale
	if given != 25 {
		t.Errorf("%d programs were given", given)
	}
}

// TestOwnBuilds: where an operator has builds of his own, by whichever of the names, none of the appliance is tried.
func TestOwnBuilds(t *testing.T) {
	own := string(petest.Program(0x8664))
	for want, files := range map[string]map[string]string{
		"snponly.efi ipxe.efi": {"ipxe-arm64.efi": "no matter"},
		"ipxe.efi ":            {"ipxe.efi": own},
	} {
		s := siteOf(t, map[string]string{"bootlace.yaml": "unknown: menu\n"}, files)
		p := s.Plan(boot.Client{Archs: []boot.Arch{boot.ArchX64}})
		if got := p.Loader.Base + " " + p.Second.Base; got != want {
			t.Errorf("%v: %s, expected %s", files, got, want)
		}
	}
}
