// SPDX-License-Identifier: Apache-2.0

package site

import (
	"errors"
	"io/fs"
	"testing"

	"github.com/bootlace-net/bootlace/boot"
)

// TestInstalls: a loader that is built in is harmless, one of the operator's that goes by its name need not be.
func TestInstalls(t *testing.T) {
	s := siteOf(t, map[string]string{
		"profiles/debian.yaml": "kernel: debian/linux\nloader: {arm64: shimaa64.efi}\ninstall: true\n",
		"hosts/all.yaml":       "hosts: [{name: node, match: {mac: 52:54:00:00:00:01}, profile: debian}]\n",
	}, map[string]string{"undionly.kpxe": "mine", "debian/linux": "kernel", "debian/packages": "x"})
	p := s.Plan(boot.Client{MAC: boot.MAC{0x52, 0x54, 0, 0, 0, 1}, Archs: []boot.Arch{boot.ArchX64}})
	for name, want := range map[string]bool{
		"ipxe.efi": false, "snp-arm64.efi": false, "undionly.kpxe": true, "shimaa64.efi": true,
		"boot.ipxe": true, "debian/linux": true, "debian/packages": true,
	} {
		n, err := boot.ParseName(name)
		if err != nil {
			t.Fatal(err)
		}
		v := s.Visit(n.For(p.Client.MAC), p.Client, addr("10.0.0.1"))
		if got := s.Installs(v, p); got != want {
			t.Errorf("%s (%v) installs: %v", name, s.Role(v, p), got)
		}
		local := s.Catalog.Local(p)
		if s.Installs(v, local) {
			t.Errorf("%s installs a machine on its way to its disk", name)
		}
		_, err = s.File(v, local)
		if gone := errors.Is(err, fs.ErrNotExist); gone != (name == "debian/linux" || name == "shimaa64.efi") {
			t.Errorf("%s, on the way to the disk: %v", name, err)
		}
	}
}
