// SPDX-License-Identifier: Apache-2.0

package catalog_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/bootlace-net/bootlace/configs"
	"github.com/bootlace-net/bootlace/images/catalog"
)

func read(t *testing.T, own string) *catalog.Catalog {
	t.Helper()
	var b []byte
	if own != "" {
		b = []byte(own)
	}
	c, problems := catalog.Read(configs.Decode, "catalog.yaml", b)
	for _, p := range problems {
		t.Error(p)
	}
	return c
}

// What the program carries has no mistakes, and covers what people ask for.
func TestEmbedded(t *testing.T) {
	c := read(t, "")
	for _, family := range []string{"debian", "ubuntu", "fedora", "almalinux", "rocky", "opensuse-leap", "archlinux", "alpine", "nixos", "flatcar", "fedora-coreos", "talos", "proxmox-ve", "memtest86plus", "systemrescue", "netboot.xyz"} {
		e, ok := c.Entry(family)
		if !ok || e.About == "" || e.Title == "" {
			t.Errorf("%s is missing, or nobody says what it is", family)
		}
	}
	if names := c.Names(); !slices.Contains(names, "debian/12") || slices.Index(names, "debian/13") > slices.Index(names, "debian/12") {
		t.Errorf("names: %q", names)
	}
}

func TestRecipe(t *testing.T) {
	r, err := read(t, "").Recipe("debian/12")
	if err != nil {
		t.Fatal(err)
	}
	const images = "https://deb.debian.org/debian/dists/bookworm/main/installer-amd64/current/images"
	if r.Files[0].URL != images+"/netboot/debian-installer/amd64/linux" || r.Files[0].Path != "linux" || r.Lists[1].URL != images+"/SHA256SUMS" {
		t.Errorf("%+v", r)
	}
	if r.Arch != "x86_64" || r.LeastMemory != 1<<30 || r.Title != "Debian 12 (bookworm) installer" || !slices.Contains(r.Keys.Fingerprints, "B8B80B5B623EAB6AD8775C45B7C5D7D6350947F8") {
		t.Errorf("%+v", r)
	}
	arm, err := read(t, "").Recipe("debian/12/aarch64")
	if err != nil || arm.Arch != "arm64" || !strings.Contains(arm.Files[0].URL, "installer-arm64") {
		t.Errorf("%+v, %v", arm, err)
	}
	alpine, err := read(t, "").Recipe("alpine/v3.24")
	if err != nil || !slices.Contains(alpine.Cmdline, "modloop={url}modloop-lts") || alpine.Files[2].Path != "modloop-lts" || len(alpine.Keys.Fingerprints) > 0 {
		t.Errorf("%+v, %v", alpine, err)
	}
}

func TestRecipeUnknown(t *testing.T) {
	c := read(t, "")
	for name, want := range map[string]string{
		"debain/12": "did you mean debian?", "debian/1": "debian/1", "debian": "debian/13", "debian/12/riscv64": "expected one of x86_64, arm64",
		"talos": "talos/VERSION", "nothing/1": "expected one of",
	} {
		if _, err := c.Recipe(name); !errors.Is(err, catalog.ErrUnknown) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want words with %q", name, err, want)
		}
	}
	if _, err := c.Recipe("memtest86plus/7"); err == nil || !strings.Contains(err.Error(), "images pull") {
		t.Errorf("what cannot be pulled by name: %v", err)
	}
}

// The operator's file changes a mirror without saying all again, and a key takes the place of those that were there.
func TestOverlay(t *testing.T) {
	r, err := read(t, `
images:
  debian:
    vars: {mirror: http://mirror.example/debian}
    keys: {fingerprints: [0123456789abcdef0123456789abcdef01234567]}
  mine:
    title: Mine
    versions: {"1": {}}
    arch: {x86_64: x86_64}
    files: [{role: iso, url: "http://mirror.example/{version}.iso"}]
`).Recipe("debian/12")
	if err != nil || !strings.HasPrefix(r.Files[0].URL, "http://mirror.example/debian/dists/bookworm/") || len(r.Keys.Fingerprints) != 1 {
		t.Errorf("%+v, %v", r, err)
	}
}

// Mistakes are named with what is expected.
func TestMistakes(t *testing.T) {
	for text, want := range map[string]string{
		"images: {x: {titel: y}}":                                          "unknown key images.x.titel",
		"images: {x: {title: y}}":                                          "expected files",
		"images: {X: {title: y}}":                                          "lower-case",
		"images: {debian: {vars: {mirror: \"file:///\"}}}":                 "expected http",
		"images: {debian: {vars: {images: \"{nothing}\"}}}":                "{nothing}",
		"images: {debian: {files: [{role: colonel, url: \"http://x/\"}]}}": "colonel",
		"images: {debian: {keys: {fingerprints: [1234]}}}":                 "40 hexadecimal digits",
		"images: {debian: {files: [{url: \"http://x/a\", role: iso}, {url: \"http://y/a\", role: other}]}}": "the path a",
		"images: [": "not YAML",
	} {
		_, problems := catalog.Read(configs.Decode, "catalog.yaml", []byte(text))
		if len(problems) == 0 || !strings.Contains(problems[0].Error(), want) {
			t.Errorf("%s: %v, want words with %q", text, problems, want)
		}
	}
}

func FuzzCatalog(f *testing.F) {
	f.Add([]byte("images: {debian: {vars: {mirror: http://x}}}"), "debian/12")
	f.Add([]byte("images: {a: {any_version: true, arch: {x86_64: x}, vars: {a: \"{b}{b}\", b: \"{a}{a}\"}, files: [{role: iso, url: \"http://{a}\"}]}}"), "a/1/x86_64")
	f.Fuzz(func(t *testing.T, own []byte, name string) {
		c, _ := catalog.Read(configs.Decode, "catalog.yaml", own)
		r, err := c.Recipe(name)
		if (err == nil) == (r == nil) {
			t.Errorf("%v, %v", r, err)
		}
	})
}
