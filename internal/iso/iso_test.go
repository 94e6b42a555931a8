// SPDX-License-Identifier: Apache-2.0

package iso_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bootlace-net/bootlace/internal/iso"
)

// TestReadsWhatWasWritten compares each view of each maker's image with the tree it was made of, as far as that view can hold it.
func TestReadsWhatWasWritten(t *testing.T) {
	for _, m := range makers {
		t.Run(m.name, func(t *testing.T) {
			dir := sampleFor(t, m.name)
			image := build(t, dir, m.make)
			if im := open(t, image, ""); im.View != m.views[0] || !slices.Equal(im.Views, m.views) {
				t.Errorf("the views are %v, %v first; want %v", im.Views, im.View, m.views)
			}
			for _, view := range m.views {
				want, got := describeDir(t, dir), describe(open(t, image, view), t)
				if view == iso.Plain {
					continue // TestPlainNames: such names are too short to compare
				}
				if view != iso.RockRidge {
					for path, w := range want {
						if strings.HasPrefix(w, "->") {
							delete(got, path) // an empty file
						}
					}
					want, got = shortNames(portable(want)), shortNames(portable(got))
				}
				delete(got, "rr_moved")
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s (-written +read):\n%s", view, diff)
				}
			}
		})
	}
}

// portable leaves out what only Rock Ridge knows: links and modes.
func portable(all map[string]string) map[string]string {
	some := map[string]string{}
	for path, w := range all {
		switch {
		case strings.HasPrefix(w, "->"):
		case strings.HasPrefix(w, "d"):
			some[path] = "d"
		default:
			some[path] = w[strings.IndexByte(w, ' '):]
		}
	}
	return some
}

// shortNames cuts names where Joliet has to: 103 characters are the most that makers give it, 64 the most of some.
func shortNames(all map[string]string) map[string]string {
	some := map[string]string{}
	for path, w := range all {
		parts := strings.Split(path, "/")
		for i, p := range parts {
			parts[i] = string([]rune(p)[:min(len([]rune(p)), 60)])
		}
		some[strings.Join(parts, "/")] = w
	}
	return some
}

func TestPlainNames(t *testing.T) {
	im := open(t, build(t, sample(t), makers[0].make), iso.Plain)
	for _, path := range []string{"readme.txt", "live/filesyst.squ", "run.sh", "boot/grub/grub.cfg"} {
		e, err := im.Lookup(path, iso.Exact)
		if path == "live/filesyst.squ" && err != nil {
			e, err = im.Lookup("live/filesystem.squashfs", iso.Exact) // level 3 allows 31 characters
		}
		if err != nil || e.Size == 0 {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestLookup(t *testing.T) {
	im := open(t, build(t, sample(t), makers[0].make), iso.RockRidge)
	for _, c := range []struct {
		path  string
		how   iso.Case
		name  string
		error string
	}{
		{"live/filesystem.squashfs", iso.Exact, "filesystem.squashfs", ""},
		{"/live//./filesystem.squashfs", iso.Exact, "filesystem.squashfs", ""},
		{"vmlinuz", iso.Exact, "filesystem.squashfs", ""},
		{"a/up/grub.cfg", iso.Exact, "grub.cfg", ""},
		{"LIVE/FileSystem.SquashFS", iso.FoldCase, "filesystem.squashfs", ""},
		{"A/UP/GRUB.CFG", iso.FoldCase, "grub.cfg", ""},
		{"LIVE/FileSystem.SquashFS", iso.Exact, "", "does not exist"},
		{"", iso.Exact, ".", ""},
		{"live/../boot", iso.Exact, "boot", ""},
		{"self", iso.Exact, "", "more than 40 symbolic links"},
		{"out", iso.Exact, "", "climbs out"},
		{"absolute", iso.Exact, "", "leads out of the image, to /etc/passwd"},
		{"..", iso.Exact, "", "climbs out"},
		{"run.sh/x", iso.Exact, "", "does not exist"},
		{"run.sh/..", iso.Exact, "", "does not exist"},
	} {
		e, err := im.Lookup(c.path, c.how)
		switch {
		case c.error == "" && (err != nil || e.Name != c.name):
			t.Errorf("%q: %v, %v; want %s", c.path, e, err, c.name)
		case c.error != "" && (err == nil || !strings.Contains(err.Error(), c.error)):
			t.Errorf("%q: %v; want an error that says %q", c.path, err, c.error)
		}
	}
}

func TestBootCatalog(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "boot/bios.img", strings.Repeat("B", 3000))
	write(t, dir, "boot/efi.img", strings.Repeat("E", 70000))
	image := build(t, dir, []string{"xorriso", "-as", "mkisofs", "-R", "-b", "boot/bios.img", "-no-emul-boot", "-boot-load-size", "4", "-c", "boot.cat",
		"-eltorito-alt-boot", "-e", "boot/efi.img", "-no-emul-boot", "-o"})
	im := open(t, image, "")
	if len(im.Boot) != 2 {
		t.Fatalf("boot entries %v", im.Boot)
	}
	for i, want := range []struct {
		platform iso.Platform
		path     string
		length   int64
	}{{iso.BIOS, "boot/bios.img", 3000}, {iso.EFI, "boot/efi.img", 70000}} {
		b := im.Boot[i]
		if b.Platform != want.platform || b.Path != want.path || b.Extent.Length != want.length || !b.Bootable || b.Media != 0 {
			t.Errorf("entry %d is %+v, want %+v", i, b, want)
		}
	}
}

// TestCompressed refuses the content of zisofs files, and nothing else of the image.
func TestCompressed(t *testing.T) {
	dir, image := t.TempDir(), filepath.Join(t.TempDir(), "z.iso")
	write(t, dir, "file", strings.Repeat("compress me ", 10000))
	run(t, "xorriso", "-outdev", image, "-map", dir, "/", "-set_filter_r", "--zisofs", "/", "--")
	im := open(t, image, iso.RockRidge)
	e, err := im.Lookup("file", iso.Exact)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := im.Content(e); err == nil || !strings.Contains(err.Error(), "zisofs") || e.Size != 120000 || e.Extents != nil {
		t.Errorf("%v, %+v; want it to be refused as zisofs", err, e)
	}
}

// TestMovedDirectories is about directories below the eighth level, which genisoimage moves: they are where they were, and nowhere else.
func TestMovedDirectories(t *testing.T) {
	image := build(t, sampleFor(t, "genisoimage"), makers[4].make)
	path := "d1/d2/d3/d4/d5/d6/d7/d8/d9/d10/end"
	if _, err := open(t, image, iso.RockRidge).Lookup(path, iso.Exact); err != nil {
		t.Error(err)
	}
	if _, err := open(t, image, iso.Plain).Lookup(path, iso.Exact); err == nil {
		t.Error("nothing was moved: this shows nothing")
	}
	moved, err := open(t, image, iso.RockRidge).Lookup("rr_moved", iso.Exact)
	if err != nil || len(moved.Children()) != 0 {
		t.Errorf("rr_moved: %v, %v; want it empty", moved, err)
	}
}
