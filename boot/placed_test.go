// SPDX-License-Identifier: Apache-2.0

package boot

import "testing"

func TestSplitPlaced(t *testing.T) {
	for _, tt := range []struct {
		kind           EntryKind
		s              string
		as, file, args string
	}{
		{EntryKernel, "initrd.gz", "", "initrd.gz", ""},
		{EntryKernel, Placed("/proxmox.iso", "pve/8/medium.iso"), "/proxmox.iso", "pve/8/medium.iso", ""},
		{EntryKernel, "newc:/own:http://example.org:8080/own", "/own", "http://example.org:8080/own", ""},
		{EntryKernel, "newc:/own", "/own", "", ""},
		{EntryKernel, "a=b", "", "a=b", ""},
		{EntryWimboot, "boot.wim=win/boot.wim", "boot.wim", "win/boot.wim", ""},
		{EntryWimboot, "http://example.org/?a=b", "", "http://example.org/?a=b", ""},
		{EntryModules, "xen/linux root=/dev/sda1 ro", "", "xen/linux", "root=/dev/sda1 ro"},
	} {
		if as, file, args := SplitPlaced(tt.kind, tt.s); as != tt.as || file != tt.file || args != tt.args {
			t.Errorf("%v %q: %q, %q, %q", tt.kind, tt.s, as, file, args)
		}
	}
	for as, want := range map[string]bool{
		"/proxmox.iso": true, "a-b_c.1": true, "/etc/own": false, "/..": false, "/a/": false, "": false, "/": false, "/a b": false, "/../etc": false, "/a:b": false, "/a\nb": false, "/$x": false, "/ä": false, "'": false,
	} {
		if IsPlace(as) != want {
			t.Errorf("%q", as)
		}
	}
}
