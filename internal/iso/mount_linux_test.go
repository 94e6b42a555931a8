// SPDX-License-Identifier: Apache-2.0

package iso_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/bootlace-net/bootlace/internal/iso"
)

// TestLinuxMount compares each maker's image with what this host's kernel shows of it.
func TestLinuxMount(t *testing.T) {
	for _, m := range makers {
		for _, view := range m.views {
			kind, options := "iso9660", "ro,loop,map=normal"
			switch view {
			case iso.RockRidge:
			case iso.UDF:
				kind, options = "udf", "ro,loop"
			case iso.Joliet:
				options = "ro,loop,norock,utf8"
			case iso.Plain:
				options = "ro,loop,norock,nojoliet,map=normal"
			}
			t.Run(m.name+" as "+string(view), func(t *testing.T) {
				needFileSystem(t, kind)
				image, dir := build(t, sampleFor(t, m.name), m.make), t.TempDir()
				run(t, "mount", "-t", kind, "-o", options, image, dir)
				theirs := describeDir(t, dir)
				run(t, "umount", dir)
				ours := describe(open(t, image, view), t)
				if view != iso.RockRidge {
					ours, theirs = portable(ours), portable(theirs)
				}
				compare(t, "Linux", ours, theirs)
			})
		}
	}
}

// needFileSystem skips, loudly, where the kernel does not know a file system, or this user may not mount.
func needFileSystem(t *testing.T, kind string) {
	t.Helper()
	_ = exec.Command("modprobe", kind).Run() // iso9660 and udf are modules of most kernels; the list below tells
	known, err := os.ReadFile("/proc/filesystems")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(known), "\t"+kind+"\n") {
		t.Skipf("NOT TESTED: this kernel has no %s", kind)
	}
	if os.Geteuid() != 0 {
		t.Skip("NOT TESTED: mounting needs root")
	}
}
