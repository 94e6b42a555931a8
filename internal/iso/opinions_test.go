// SPDX-License-Identifier: Apache-2.0

package iso_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bootlace-net/bootlace/internal/iso"
)

// TestSecondOpinions lets other readers unpack each maker's image, and compares their trees with ours: names, types, sizes, every byte;
// xorriso's also with modes and links.
func TestSecondOpinions(t *testing.T) {
	for _, m := range makers {
		t.Run(m.name, func(t *testing.T) {
			image := build(t, sampleFor(t, m.name), m.make)
			if slices.Contains(m.views, iso.RockRidge) {
				ours, theirs := describe(open(t, image, iso.RockRidge), t), unpack(t, "xorriso", "-osirrox", "on", "-indev", image, "-extract", "/", "DIR")
				delete(ours, "rr_moved") // an empty directory, which xorriso does not show if it is its own
				delete(theirs, "rr_moved")
				compare(t, "xorriso", ours, theirs)
			}
			if slices.Contains(m.views, iso.UDF) {
				compare(t, "7z", portable(describe(open(t, image, iso.UDF), t)), portable(unpack(t, "7z", "x", "-tudf", "-oDIR", image)))
			}
			if slices.Contains(m.views, iso.Joliet) {
				theirs := unpack(t, "xorriso", "-read_fs", "norock", "-osirrox", "on", "-indev", image, "-extract", "/", "DIR")
				compare(t, "xorriso, Joliet", portable(describe(open(t, image, iso.Joliet), t)), portable(theirs))
			}
		})
	}
}

func compare(t *testing.T, reader string, ours, theirs map[string]string) {
	t.Helper()
	if diff := cmp.Diff(theirs, ours); diff != "" {
		t.Errorf("-%s +ours:\n%s", reader, diff)
	}
}

// unpack has a program fill a directory, whose name takes the place of DIR.
func unpack(t *testing.T, program string, args ...string) map[string]string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "unpacked")
	for i := range args {
		args[i] = strings.Replace(args[i], "DIR", dir, 1)
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	run(t, program, args...)
	defer exec.Command("chmod", "-R", "u+w", dir).Run() // for the one that ends the test
	return describeDir(t, dir)
}
