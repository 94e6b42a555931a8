// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"strings"
	"testing"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/configs"
)

// TestWhole: a machine has all that it starts with when it has every file of one entry, and not before.
func TestWhole(t *testing.T) {
	spec := configs.Merge(configs.Directory(installing(), ""))
	cat, _ := boot.Build(spec.Spec) // which warns of pxelinux.0
	tree, _ := New(cat, Options{Templates: spec.Templates, Images: list{"live/vmlinuz", "live/initrd.img"}})
	const node, menu, stranger = "mac=52:54:00:00:00:01 arch=7", "mac=52:54:00:00:00:02 arch=7", "mac=52:54:00:00:00:09 arch=7"
	for _, tt := range []struct {
		machine, profile, got string
		want                  bool
	}{
		{node, "", "debian/linux-x86_64 debian/initrd.gz firmware.cpio", true},
		{node, "", "firmware.cpio DEBIAN/initrd.gz debian/linux-x86_64 other", true},
		{node, "", "debian/linux-x86_64 debian/initrd.gz", false},
		{node, "", "debian/initrd.gz firmware.cpio", false},
		{node, "", "shimx64.efi grubx64.efi preseed.cfg", false},
		{node, "", "", false},
		{menu, "", "xen/xen.gz xen/vmlinuz xen/initrd", true},
		{menu, "", "xen/xen.gz xen/vmlinuz debian/initrd.gz", false},
		{menu, "", "wimboot win/bcd win/boot.wim unattend.xml", true},
		{menu, "", "wimboot win/bcd win/boot.wim", false},
		{menu, "", "rack.png below.png", false},
		{node, "chain", "other/grubx64.efi", true},
		{node, "chain", "ipxe.efi", false},
		{node, "raw", "vmlinuz", true},
		{node, "raw", "ipxe.efi undionly.kpxe", false},
		{stranger, "", "live/vmlinuz live/initrd.img", true},
		{stranger, "", "live/vmlinuz", false},
	} {
		v, p := asking(t, cat, tt.machine, "boot.ipxe")
		p.Action = boot.ActionMenu
		if tt.profile != "" {
			p = cat.Instead(p, cat.Profile(tt.profile), "")
		}
		var got []boot.Name
		for s := range strings.FieldsSeq(tt.got) {
			n, err := boot.ParseName(s)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, n)
		}
		if whole := tree.Whole(v, p, got); whole != tt.want {
			t.Errorf("%s %s with %s: %v", tt.machine, tt.profile, tt.got, whole)
		}
		if p.Action = boot.ActionIgnore; tree.Whole(v, p, got) {
			t.Errorf("%s is to be ignored", tt.machine)
		}
	}
}
