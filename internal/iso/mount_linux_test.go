// SPDX-License-Identifier: Apache-2.0

package iso_test

import (
	"os"
	"os/exec"
	"path/filepath"
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

// TestLinuxWritesUDF has this host's kernel write a tree into empty file systems of mkudffs, and compares it with what is read.
func TestLinuxWritesUDF(t *testing.T) {
	for _, options := range [][]string{
		{"--media-type=hd", "--udfrev=1.02", "-b", "2048"}, {"--media-type=hd", "--udfrev=1.50", "-b", "2048"}, {"--media-type=hd", "--udfrev=2.00", "-b", "2048"},
		{"--media-type=hd", "--udfrev=2.01", "-b", "2048"}, {"--media-type=hd", "-b", "512"}, {"--media-type=hd", "-b", "4096"},
		{"--media-type=hd", "--ad=short"}, {"--media-type=hd", "--ad=long"}, {"--media-type=cdrw"}, {"--media-type=dvdrw"},
	} {
		t.Run(strings.Join(options, " "), func(t *testing.T) {
			needFileSystem(t, "udf")
			dir, mount, image := sample(t), t.TempDir(), filepath.Join(t.TempDir(), "linux.udf")
			if err := os.WriteFile(image, nil, 0o644); err != nil {
				t.Fatal(err)
			}
			if err := os.Truncate(image, 32<<20); err != nil {
				t.Fatal(err)
			}
			run(t, "mkudffs", append(options, image)...)
			if blockSize(options) == "512" { // a link's target has to fit into a block
				if err := os.Remove(filepath.Join(dir, "far")); err != nil {
					t.Fatal(err)
				}
			}
			run(t, "mount", "-t", "udf", "-o", "loop,bs="+blockSize(options), image, mount)
			run(t, "cp", "-a", dir+"/.", mount)
			run(t, "umount", mount)
			ours := describe(open(t, image, iso.UDF), t)
			delete(ours, "lost+found")
			compare(t, "written", ours, describeDir(t, dir))
		})
	}
}

func blockSize(options []string) string {
	for i, o := range options {
		if o == "-b" {
			return options[i+1]
		}
	}
	if options[0] == "--media-type=hd" {
		return "512"
	}
	return "2048"
}

// TestLinuxReadsMadeUDF compares what the maker of this test writes, the metadata partition of UDF 2.50 too, with what the kernel shows.
func TestLinuxReadsMadeUDF(t *testing.T) {
	for _, revision := range []uint16{0x102, 0x201, 0x250} {
		needFileSystem(t, "udf")
		image, mount := filepath.Join(t.TempDir(), "made.udf"), t.TempDir()
		if err := os.WriteFile(image, makeUDF(revision).fill().image, 0o644); err != nil {
			t.Fatal(err)
		}
		run(t, "mount", "-t", "udf", "-o", "ro,loop", image, mount)
		theirs := describeDir(t, mount)
		run(t, "umount", mount)
		compare(t, "Linux", describe(open(t, image, iso.UDF), t), theirs)
	}
}
