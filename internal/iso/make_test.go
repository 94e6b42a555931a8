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

// run runs a program that the test cannot do without.
func run(t *testing.T, program string, args ...string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		t.Skipf("NOT TESTED: %s is missing: run tools/deps.sh go", program)
	}
	out, err := exec.Command(path, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", program, args, err, out)
	}
	return string(out)
}

// sample is a tree with what media have: long names, other alphabets, capitals, links, depth, modes.
func sample(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	files := map[string]string{
		"empty":                              "",
		"README.TXT":                         "read me\n",
		"live/filesystem.squashfs":           strings.Repeat("squash", 5000),
		"boot/grub/grub.cfg":                 "menuentry x {}\n",
		"d1/d2/d3/d4/d5/d6/d7/d8/d9/d10/end": "deep\n",
		"Grüße aus Łódź – 起動.txt":            "other alphabets\n",
		"a/" + strings.Repeat("long", 50):    "a name of 200 bytes\n",
		"run.sh":                             "#!/bin/sh\n",
	}
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for name, target := range map[string]string{"vmlinuz": "live/filesystem.squashfs", "a/up": "../boot/./grub/../grub", "self": "self", "out": "../../etc/passwd",
		"far": strings.Repeat("component/", 40) + "end", "absolute": "/etc/passwd"} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(filepath.Join(dir, "run.sh"), 0o751); err != nil {
		t.Fatal(err)
	}
	return dir
}

// sampleFor leaves out what a maker cannot write: genisoimage puts the length of a long link into one byte, whatever it is.
func sampleFor(t *testing.T, maker string) string {
	dir := sample(t)
	if strings.HasPrefix(maker, "genisoimage") {
		if err := os.Remove(filepath.Join(dir, "far")); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// makers are the programs that write images, with what their images keep of a tree.
var makers = []struct {
	name  string
	make  []string // the image's name and the directory follow
	views []iso.View
}{
	{"xorriso", []string{"xorriso", "-as", "mkisofs", "-R", "-J", "-joliet-long", "-iso-level", "3", "-o"}, []iso.View{iso.RockRidge, iso.Joliet, iso.Plain}},
	{"xorriso without Joliet", []string{"xorriso", "-as", "mkisofs", "-R", "-o"}, []iso.View{iso.RockRidge, iso.Plain}},
	{"xorriso, level 1", []string{"xorriso", "-as", "mkisofs", "-R", "-iso-level", "1", "-o"}, []iso.View{iso.RockRidge, iso.Plain}},
	{"xorriso, deep directories moved", []string{"xorriso", "-as", "mkisofs", "-R", "-disallow_dir_id_ext", "-no-pad", "-o"}, []iso.View{iso.RockRidge, iso.Plain}},
	{"genisoimage", []string{"genisoimage", "-quiet", "-R", "-J", "-joliet-long", "-input-charset", "utf-8", "-o"}, []iso.View{iso.RockRidge, iso.Joliet, iso.Plain}},
	{"genisoimage, Joliet only", []string{"genisoimage", "-quiet", "-D", "-J", "-joliet-long", "-input-charset", "utf-8", "-o"}, []iso.View{iso.Joliet, iso.Plain}},
	{"genisoimage, bridge", []string{"genisoimage", "-quiet", "-R", "-J", "-udf", "-input-charset", "utf-8", "-o"}, []iso.View{iso.RockRidge, iso.UDF, iso.Joliet, iso.Plain}},
	{"genisoimage, UDF only", []string{"genisoimage", "-quiet", "-D", "-udf", "-input-charset", "utf-8", "-o"}, []iso.View{iso.UDF, iso.Plain}},
}

// build writes an image of a directory.
func build(t *testing.T, dir string, program []string, more ...string) string {
	t.Helper()
	image := filepath.Join(t.TempDir(), "image.iso")
	args := append(append(append([]string{}, program[1:]...), image), more...)
	run(t, program[0], append(args, dir)...)
	return image
}

// open reads an image by one view; "" is the best.
func open(t *testing.T, path string, view iso.View) *iso.Image {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	im, err := iso.NewView(f, info.Size(), view)
	if err != nil {
		t.Fatalf("%s by %q: %v", path, view, err)
	}
	return im
}

// write writes a file below a directory.
func write(t *testing.T, dir, name, content string) {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}
