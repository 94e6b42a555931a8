// SPDX-License-Identifier: Apache-2.0

package isoimage_test

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/images/vault"
	"github.com/bootlace-net/bootlace/internal/isoimage"
	"github.com/bootlace-net/bootlace/internal/site"
)

var update = flag.Bool("update", false, "write the goldens anew")

// asks is what machines with each kind of firmware and of loader ask for.
var asks = []struct {
	arch boot.Arch
	name string
}{
	{boot.ArchX64, "boot.ipxe"}, {boot.ArchX64, "grub/grub.cfg"}, {boot.ArchBIOS, "boot.ipxe"}, {boot.ArchBIOS, "pxelinux.cfg/01-52-54-00-00-00-01"},
}

// TestRendered: each medium is imported, kept, named by a profile, and what each loader is given is as the golden says; or it is refused in
// words. No medium is known and then lost.
func TestRendered(t *testing.T) {
	fixtures, err := filepath.Glob("../media/testdata/*.txtar")
	if err != nil || len(fixtures) < 29 {
		t.Fatalf("%d fixtures, %v", len(fixtures), err)
	}
	for _, path := range fixtures {
		name := strings.TrimSuffix(filepath.Base(path), ".txtar")
		t.Run(name, func(t *testing.T) {
			got := rendered(t, build(t, name))
			golden := filepath.Join("testdata", name+".golden")
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// rendered is what machines get whose profile names the image of a medium, and says nothing else.
func rendered(t *testing.T, medium string) string {
	t.Helper()
	v, m, err := fill(t, medium)
	if errors.Is(err, isoimage.ErrCannotBoot) {
		return "refused: " + err.Error() + "\n"
	}
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, text := range map[string]string{
		"bootlace.yaml": "server: {user: \"\", vault: " + v.Dir() + "}\n", "profiles/p.yaml": "image: a/1\n",
		"hosts/h.yaml": "hosts: [{name: h, match: {mac: '52:54:00:00:00:01'}, profile: p}]\n",
	} {
		if err := errors.Join(os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755), os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	s, problems, err := site.Open(dir, site.Overrides{State: t.TempDir()})
	if err != nil || s == nil {
		t.Fatal(problems, err)
	}
	defer s.Images.Close()
	var b strings.Builder
	for _, p := range s.Missing() {
		fmt.Fprintf(&b, "missing: %s\n", strings.NewReplacer(s.ImagesDir(), "IMAGES", dir, "CONFIG").Replace(p.Error()))
	}
	for _, a := range asks {
		fmt.Fprintf(&b, "== %s %s\n%s", a.arch, a.name, given(t, s, a.arch, a.name))
	}
	for _, r := range m.Rewritten {
		fmt.Fprintf(&b, "== %s\n%s", r.Path, given(t, s, boot.ArchX64, "a/1/"+strings.ToUpper(r.Path)))
	}
	everyPart(t, s, m)
	return b.String()
}

// given is a file as a machine gets it, without what all scripts share.
func given(t *testing.T, s *site.Site, arch boot.Arch, name string) string {
	t.Helper()
	b := fetched(t, s, arch, name)
	b, _, _ = strings.Cut(b, "\n:failed\n")
	if before, after, ok := strings.Cut(b, "function local_boot {"); ok {
		_, after, _ = strings.Cut(after, "\n}\n")
		b = before + after
	}
	return strings.TrimSuffix(b, "\n") + "\n"
}

func fetched(t *testing.T, s *site.Site, arch boot.Arch, name string) string {
	t.Helper()
	c := boot.Client{MAC: boot.MAC{0x52, 0x54, 0, 0, 0, 1}, Archs: []boot.Arch{arch}}
	n, err := boot.ParseName(name)
	if err != nil {
		t.Fatal(err)
	}
	f, err := s.File(s.Visit(n.For(c.MAC), c, netip.Addr{}), s.Plan(c))
	if err != nil {
		return "none: " + err.Error() + "\n"
	}
	defer f.Close()
	b, err := io.ReadAll(io.NewSectionReader(f, 0, f.Size()))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// everyPart asks for each file of an image as a machine would; where capitals do not matter, in others than it has.
func everyPart(t *testing.T, s *site.Site, m *vault.Manifest) {
	t.Helper()
	for _, f := range m.Files {
		name := f.Path
		if m.FoldCase {
			name = strings.ToUpper(name)
		}
		if got := fetched(t, s, boot.ArchX64, "a/1/"+name); strings.HasPrefix(got, "none: ") {
			t.Errorf("%s: %s", name, got)
		}
	}
}
