// SPDX-License-Identifier: Apache-2.0

package site

import (
	"errors"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/pe/petest"
)

// TestForeignLoaders: a machine never gets a program for another one, whatever the configuration and the names of files say.
func TestForeignLoaders(t *testing.T) {
	x64, ia32, arm64, ebc := string(petest.Program(0x8664)), string(petest.Program(0x14c)), string(petest.Program(0xaa64)), string(petest.Program(0xebc))
	s := siteOf(t, map[string]string{
		"profiles/p.yaml": "local: true\nloader: {uefi: shimx64.efi, arm64: x64.efi, uefi-ia32: ia32.efi, bios: ia32.efi, uefi-riscv64: ebc.efi}\n",
		"profiles/q.yaml": "local: true\nloader: {default: any.0}\n",
		"bootlace.yaml":   "unknown: {profile: p}\n",
	}, map[string]string{"shimx64.efi": x64, "x64.efi": x64, "ia32.efi": ia32, "ebc.efi": ebc, "any.0": "no program", "ipxe-riscv64.efi": arm64})
	for name, want := range map[string]string{
		"uefi-x64": "shimx64.efi", "uefi-x64-http": "shimx64.efi", "uefi-ia32": "ia32.efi", "uefi-ia32-http": "ia32.efi", "uefi-ebc": "shimx64.efi",
		"uefi-arm64": "snp-arm64.efi", "uefi-arm32": "ipxe-arm.efi", "bios": "undionly.kpxe", "uefi-riscv64": "ebc.efi", "uefi-loong64": "ipxe-loongarch64.efi",
	} {
		a, err := boot.ParseArch(name)
		if err != nil {
			t.Fatal(err)
		}
		c := boot.Client{MAC: boot.MAC{2, 0, 0, 0, 0, 1}, Archs: []boot.Arch{a}}
		if got := s.Plan(c).Loader.Base; got != want {
			t.Errorf("%s gets %s, expected %s", name, got, want)
		}
		notes := strings.Join(s.Explain(c, netip.Addr{}, Reported{}).Notes, "\n")
		if foreign := strings.Contains(notes, "this machine does not get it"); foreign != (want != "shimx64.efi" && want != "ia32.efi" && want != "ebc.efi") {
			t.Errorf("%s: %s", name, notes)
		}
	}
}

// TestForeignLoaderAtTheDoor: a file that was replaced since the configuration was read is not served to whom it is not for; others
// may have it.
func TestForeignLoaderAtTheDoor(t *testing.T) {
	s := siteOf(t, map[string]string{"bootlace.yaml": "unknown: menu\n"}, map[string]string{"ipxe.efi": string(petest.Program(0x8664))})
	if err := os.WriteFile(filepath.Join(s.ImagesDir(), "new"), petest.Program(0x14c), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(s.ImagesDir(), "new"), filepath.Join(s.ImagesDir(), "ipxe.efi")); err != nil {
		t.Fatal(err)
	}
	for arch, refused := range map[boot.Arch]bool{boot.ArchX64: true, boot.ArchX64HTTP: true, boot.ArchARM64: false} {
		c := boot.Client{MAC: boot.MAC{2, 0, 0, 0, 0, 1}, Archs: []boot.Arch{arch}}
		p := s.Plan(c)
		f, err := s.File(s.Visit(p.Loader, c, netip.Addr{}), p)
		if errors.Is(err, fs.ErrPermission) != refused || refused && !strings.Contains(err.Error(), "it is a program for i386, the machine is x86_64") {
			t.Errorf("%s: %v", arch, err)
		}
		if f != nil {
			_ = f.Close()
		}
	}
	name := boot.Name{Base: "ipxe.efi"}
	if f, err := s.File(s.Visit(name, boot.Client{}, netip.Addr{}), boot.Plan{}); err != nil {
		t.Error(err)
	} else {
		_ = f.Close()
	}
}

// TestCheckForeignLoaders: check says where a loader stands that its machines cannot run, and of files whose names mislead.
func TestCheckForeignLoaders(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"c/profiles/p.yaml": "local: true\nloader: {uefi: x64.efi, arm64: x64.efi, bios: x64.efi}\n", "c/bootlace.yaml": "server: {user: ''}\n",
		"images/x64.efi": string(petest.Program(0x8664)), "images/ipxe-arm64.efi": string(petest.Program(0x1c2)), "images/ipxe-i386.efi": string(petest.Program(0x14c)),
	})
	_, found, err := Check(filepath.Join(dir, "c"), Overrides{State: dir}, false)
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, f := range found.Errors {
		if strings.Contains(f.What, "program for") {
			said = append(said, f.What+": "+f.Expected)
		}
	}
	all := strings.Join(said, "\n")
	for _, want := range []string{
		"loader x64.efi is a program for x86_64, and does not run on uefi-arm64: expected one for arm64", "does not run on bios: expected one that is no EFI program",
		"it is a program for arm, and has the name of the loader for uefi-arm64: expected one for arm64",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("not said: %s", want)
		}
	}
	if len(said) != 3 {
		t.Errorf("%s", all)
	}
}
