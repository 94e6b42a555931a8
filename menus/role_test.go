// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/configs"
)

// installing is a site that installs machines by every loader there is.
func installing() fstest.MapFS {
	return fstest.MapFS{
		"profiles/debian.yaml": {Data: []byte(`
kernel: debian/linux-{{ .cpu }}
initrd: [debian/initrd.gz, firmware.cpio]
cmdline: ["url={{ url \"preseed.cfg\" }}"]
loader: {bios: pxelinux.0, uefi: shimx64.efi}
install: {success: {fetch: installed}}
files:
  preseed.cfg: {content: x}
  grub/own.cfg: {content: x}
  seed/{{ dash .mac }}: {content: x}
`)},
		"profiles/menu.yaml": {Data: []byte(`
menu: {timeout: 5s, picture: rack.png, entries: [debian, {title: Below, menu: {picture: below.png, entries: [xen, windows, iso, chain, rendered, raw]}}]}
`)},
		"profiles/others.yaml": {Data: []byte(`
name: xen
multiboot: xen/xen.gz
modules: [xen/vmlinuz console=hvc0, xen/initrd]
---
name: windows
wimboot: {BCD: win/bcd, boot.wim: win/boot.wim, unattend.xml: unattend.xml}
files: {unattend.xml: {content: x}}
---
name: iso
iso: live.iso
---
name: chain
chain: other/grubx64.efi
---
name: rendered
chain: own.ipxe
files: {own.ipxe: {content: "#!ipxe"}}
---
name: raw
ipxe: "#!ipxe\nchain elsewhere"
---
name: pictures
menu: {entries: [debian]}
`)},
		"hosts/all.yaml": {Data: []byte(`
hosts:
  - {name: node, match: {mac: 52:54:00:00:00:01}, profile: debian}
  - {name: menu, match: {mac: 52:54:00:00:00:02}, profile: menu}
  - {name: waits, match: {mac: 52:54:00:00:00:03}, profile: pictures}
`)},
	}
}

// asking gives the question of a machine for a name, and its plan.
func asking(t *testing.T, cat *boot.Catalog, machine, name string) (boot.Visit, boot.Plan) {
	t.Helper()
	v := visit(t, strings.Fields(machine))
	p := cat.Plan(v.Client)
	n, err := boot.ParseName(name)
	if err != nil {
		t.Fatal(err)
	}
	v.Client, v.Name = p.Client, n.For(v.Client.MAC)
	return v, p
}

func TestRoles(t *testing.T) {
	cfg, cat := configured(t, installing())
	tree, problems := New(cat, Options{Templates: cfg.Templates})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	const node, menu, waits = "mac=52:54:00:00:00:01 ", "mac=52:54:00:00:00:02 ", "mac=52:54:00:00:00:03 "
	const bios, uefi, pi, uboot = "arch=bios", "arch=uefi-x64", "arch=rpi serial=10000000a1b2c3d4", "arch=uboot-arm64"
	for _, tt := range []struct {
		machine, name string
		role          boot.Role
		installs      bool
	}{
		{node + uefi, "boot.ipxe", boot.RoleScript, true},
		{node + uefi, "autoexec.ipxe", boot.RoleScript, true},
		{node + bios, "pxelinux.cfg/01-52-54-00-00-00-01", boot.RoleScript, true},
		{node + bios, "pxelinux.cfg/default", boot.RoleScript, true},
		{node + uefi, "grub/grub.cfg", boot.RoleScript, true},
		{node + uefi, "EFI/debian/grub.cfg-01-52-54-00-00-00-01", boot.RoleScript, true},
		{node + uboot, "extlinux/extlinux.conf", boot.RoleScript, true},
		{node + uboot, "boot.scr.uimg", boot.RoleScript, true},
		{node + uboot, "boot.scr", boot.RoleScript, true},
		{node + pi, "a1b2c3d4/config.txt", boot.RoleScript, true},
		{node + pi, "a1b2c3d4/cmdline.txt", boot.RoleScript, true},
		{node + pi, "a1b2c3d4/debian/linux-arm64", boot.RoleKernel, true},
		{node + pi, "a1b2c3d4/firmware.cpio", boot.RoleInitrd, true},
		{node + pi, "a1b2c3d4/start4.elf", boot.RoleOther, true},
		{node + bios, "pxelinux.0", boot.RoleLoader, true},
		{node + bios, "ldlinux.c32", boot.RoleLoader, true},
		{node + uefi, "shimx64.efi", boot.RoleLoader, true},
		{node + uefi, "grubx64.efi", boot.RoleLoader, true},
		{node + uefi, "ipxe.efi", boot.RoleLoader, true}, // the site knows whether it is the one that is built in
		{node + uefi, "debian/linux-x86_64", boot.RoleKernel, true},
		{node + uefi, "DEBIAN/LINUX-X86_64", boot.RoleKernel, true},
		{node + uefi, "debian/linux-arm64", boot.RoleOther, true},
		{node + uefi, "debian/initrd.gz", boot.RoleInitrd, true},
		{node + uefi, "firmware.cpio", boot.RoleInitrd, true},
		{node + uefi, "preseed.cfg", boot.RoleAnswer, true},
		{node + uefi, "grub/own.cfg", boot.RoleAnswer, true},
		{node + uefi, "seed/52-54-00-00-00-01", boot.RoleAnswer, true},
		{node + uefi, "installed", boot.RoleSuccess, false},
		{node + uefi, "debian/pool/main/a.deb", boot.RoleOther, true},
		{menu + uefi, "boot.ipxe", boot.RoleScript, true},
		{menu + uefi, "entry/e7.ipxe", boot.RoleScript, true},
		{menu + uefi, "unlock/e1/00", boot.RoleScript, true},
		{menu + uefi, "rack.png", boot.RolePicture, false},
		{menu + uefi, "below.png", boot.RolePicture, false},
		{menu + uefi, "debian/linux-x86_64", boot.RoleKernel, true},
		{menu + uefi, "p/debian/preseed.cfg", boot.RoleAnswer, true},
		{menu + uefi, "preseed.cfg", boot.RoleOther, true},
		{menu + uefi, "xen/xen.gz", boot.RoleKernel, true},
		{menu + uefi, "xen/vmlinuz", boot.RoleInitrd, true},
		{menu + uefi, "wimboot", boot.RoleKernel, true},
		{menu + uefi, "win/boot.wim", boot.RoleInitrd, true},
		{menu + uefi, "p/windows/unattend.xml", boot.RoleAnswer, true},
		{menu + bios, "memdisk", boot.RoleKernel, true},
		{menu + bios, "live.iso", boot.RoleInitrd, true},
		{menu + uefi, "other/grubx64.efi", boot.RoleKernel, true},
		{menu + uefi, "p/rendered/own.ipxe", boot.RoleScript, true},
		{waits + uefi, "boot.ipxe", boot.RoleScript, false}, // nothing happens by itself
		{waits + uefi, "debian/linux-x86_64", boot.RoleKernel, false},
	} {
		v, p := asking(t, cat, tt.machine, tt.name)
		if role := tree.Role(v, p); role != tt.role {
			t.Errorf("%s: %s is %v, want %v", tt.machine, tt.name, role, tt.role)
		}
		if got := tree.Installs(v, p); got != tt.installs {
			t.Errorf("%s: %s installs: %v", tt.machine, tt.name, got)
		}
	}
}

// TestRolesOfScripts: whatever a loader is told to fetch is known to the same plan; GRUB is told to fetch our iPXE, too.
func TestRolesOfScripts(t *testing.T) {
	cfg, cat := configured(t, installing())
	tree, _ := New(cat, Options{Templates: cfg.Templates})
	names := regexp.MustCompile(`(?:/m/52-54-00-00-00-0[12]/|kernel=|initramfs )([A-Za-z0-9./_-]+)`)
	for _, machine := range []string{"mac=52:54:00:00:00:01", "mac=52:54:00:00:00:02"} {
		for _, arch := range []string{"bios", "uefi-x64", "uefi-arm64", "uboot-arm64", "rpi serial=10000000a1b2c3d4"} {
			_, p := asking(t, cat, machine+" arch="+arch, "boot.ipxe")
			found := 0
			for _, name := range tree.Names(p) {
				v, _ := asking(t, cat, machine+" arch="+arch, name.Path())
				if tree.Role(v, p) != boot.RoleScript {
					continue
				}
				script, err := content(tree, v, p)
				if err != nil {
					t.Errorf("%s: %v", name, err)
				}
				for _, path := range names.FindAllStringSubmatch(script, -1) {
					v, _ := asking(t, cat, machine+" arch="+arch, path[1])
					if role := tree.Role(v, p); role == boot.RoleOther {
						t.Errorf("%s %s: %s names %s, which is %v", machine, arch, name, path[1], role)
					}
					found++
				}
			}
			if found == 0 {
				t.Errorf("%s %s: no script names a file", machine, arch)
			}
		}
	}
}

// TestWithheld: on its way to the disk, or to something else, a machine gets no part of what it was to be installed by.
func TestWithheld(t *testing.T) {
	cfg, cat := configured(t, installing())
	tree, _ := New(cat, Options{Templates: cfg.Templates})
	for _, name := range []string{"debian/linux-x86_64", "debian/initrd.gz", "preseed.cfg", "shimx64.efi", "boot.ipxe", "debian/pool/a.deb"} {
		v, p := asking(t, cat, "mac=52:54:00:00:00:01 arch=uefi-x64", name)
		part := slices.Contains([]string{"debian/linux-x86_64", "debian/initrd.gz", "preseed.cfg"}, name)
		if tree.Withheld(v, p) || tree.Withheld(v, cat.Local(p)) != part || tree.Installs(v, cat.Local(p)) {
			t.Errorf("%s: withheld %v before, %v from then on", name, tree.Withheld(v, p), tree.Withheld(v, cat.Local(p)))
		}
		if same := cat.Instead(p, cat.Profile("pictures"), ""); part && name != "preseed.cfg" && tree.Withheld(v, same) {
			t.Errorf("%s is a part of the other profile, too, and withheld", name)
		}
		v.Protocol, v.Name.Machine = boot.HTTP, boot.MAC{}
		if tree.Withheld(v, cat.Local(p)) {
			t.Errorf("%s is withheld from an installed system", name)
		}
	}
}

// TestNoFirmwareForPi: a Raspberry Pi on its way to its disk finds nothing.
func TestNoFirmwareForPi(t *testing.T) {
	cfg, cat := configured(t, installing())
	tree, _ := New(cat, Options{Templates: cfg.Templates})
	v, p := asking(t, cat, "mac=52:54:00:00:00:01 arch=rpi serial=10000000a1b2c3d4", "a1b2c3d4/start4.elf")
	if before, then := tree.Candidates(v, p), tree.Candidates(v, cat.Local(p)); len(before) == 0 || len(then) > 0 {
		t.Errorf("before %v, then %v", before, then)
	}
}

func BenchmarkRole(b *testing.B) {
	cfg := configs.Merge(configs.Directory(installing(), ""))
	cat, _ := boot.Build(cfg.Spec)
	tree, _ := New(cat, Options{Templates: cfg.Templates})
	for _, name := range []string{"boot.ipxe", "debian/linux-x86_64", "debian/pool/a.deb"} {
		p := cat.Plan(boot.Client{MAC: boot.MAC{0x52, 0x54, 0, 0, 0, 1}, Archs: []boot.Arch{boot.ArchX64}})
		n, _ := boot.ParseName(name)
		v := boot.Visit{Client: p.Client, Name: n.For(p.Client.MAC)}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				tree.Role(v, p)
			}
		})
	}
}
