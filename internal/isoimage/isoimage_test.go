// SPDX-License-Identifier: Apache-2.0

package isoimage_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/bootlace-net/bootlace/images/vault"
	"github.com/bootlace-net/bootlace/internal/isoimage"
	"github.com/bootlace-net/bootlace/internal/pe/petest"
)

// build makes a medium of a fixture of package media, as that does. What is made there with signatures is short text here.
func build(t *testing.T, fixture string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("../media/testdata", fixture+".txtar"))
	if err != nil {
		t.Fatal(err)
	}
	archive := txtar.Parse(b)
	label, maker := "LABEL", "xorriso -as mkisofs -quiet -R -J"
	for line := range strings.Lines(string(archive.Comment)) {
		switch key, value, _ := strings.Cut(strings.TrimSpace(line), ": "); key {
		case "label":
			label = value
		case "maker":
			maker = value
		}
	}
	dir := t.TempDir()
	for _, f := range archive.Files {
		if f.Name == "WANT" {
			continue
		}
		data := f.Data
		if n, ok := strings.CutPrefix(strings.TrimSpace(string(data)), "@bytes "); ok {
			size, err := strconv.Atoi(n)
			if err != nil {
				t.Fatal(err)
			}
			data = bytes.Repeat([]byte("x"), size)
		}
		if strings.TrimSpace(string(data)) == "@memtest" {
			data = memtest()
		}
		path := filepath.Join(dir, "tree", filepath.FromSlash(f.Name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, data, 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	out := filepath.Join(dir, "medium.iso")
	args := append(strings.Fields(maker), "-V", label, "-o", out, filepath.Join(dir, "tree"))
	if _, err := exec.LookPath(args[0]); err != nil {
		t.Skipf("%s is not installed: tools/deps.sh go", args[0])
	}
	if text, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", args, err, text)
	}
	return out
}

// memtest is a program for UEFI that says that it is Memtest86+.
func memtest() []byte {
	b := petest.Program(0x8664, petest.Section{Name: ".text", Data: []byte("6.1.0")})
	copy(b[514:], "HdrS")
	binary.LittleEndian.PutUint16(b[526:], 32)
	copy(b[512+32:], "Memtest86+ v6.10\x00")
	return b
}

// fill makes an image of a medium, in a vault.
func fill(t *testing.T, path string) (*vault.Vault, *vault.Manifest, error) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	d, n, err := vault.DigestOf(io.NewSectionReader(f, 0, 1<<40))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().UTC()
	m := &vault.Manifest{Format: vault.Format, Name: "a/1", Family: "a", Version: "1", Arch: "x86_64", Added: now,
		Files:   []vault.File{{Role: vault.RoleISO, Path: "some.iso", Digest: d, Size: n, Source: vault.Source{Blob: d}}},
		Origins: []vault.Origin{{URL: path, Digest: d, Size: n, Trust: vault.TrustFirstUse, Fetched: now}}}
	if _, err := isoimage.Fill(m, f); err != nil {
		return nil, m, err
	}
	v := vault.Open(t.TempDir())
	return v, m, v.Add(t.Context(), m, map[vault.Digest]io.Reader{d: f})
}

func served(t *testing.T, v *vault.Vault, name string) string {
	t.Helper()
	f, err := v.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.NewSectionReader(f, 0, f.Size()))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestDebianLive(t *testing.T) {
	path := build(t, "debian-live")
	v, m, err := fill(t, path)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(m.Cmdline, " "); got != "boot=live components quiet splash fetch={url}live/filesystem.squashfs" || m.LeastMemory == 0 || !strings.HasPrefix(m.Title, "Official Debian") {
		t.Errorf("%q, %d bytes, %q", got, m.LeastMemory, m.Title)
	}
	if got := m.Of(vault.RoleKernel); !slices.Equal(got, []string{"live/vmlinuz-6.1.0-25-amd64"}) {
		t.Errorf("kernel %q", got)
	}
	if got := m.Of(vault.RoleInitrd); !slices.Equal(got, []string{"live/initrd.img-6.1.0-25-amd64"}) {
		t.Errorf("initrds %q", got)
	}
	if got := served(t, v, "a/1/live/filesystem.squashfs"); got != strings.Repeat("x", 3_000_000) {
		t.Errorf("%d bytes of the file system", len(got))
	}
	if f, err := os.Open(path); err != nil || isoimage.Name(f, m.File("medium.iso").Size) != "official-debian-gnu-linux-live/12.7.0" {
		t.Errorf("its name is %q, %v", isoimage.Name(f, m.File("medium.iso").Size), err)
	} else {
		f.Close()
	}
	whole, err := os.ReadFile(path)
	if err != nil || served(t, v, "a/1/medium.iso") != string(whole) {
		t.Errorf("the medium as a whole: %v", err)
	}
	blobs, err := os.ReadDir(filepath.Join(v.Dir(), "blobs/sha256"))
	if err != nil || len(blobs) != 1 {
		t.Errorf("%d blobs, %v: want the medium alone, nothing copied out of it", len(blobs), err)
	}
	if err := v.Verify(t.Context(), "", func(f vault.Verified) {
		if f.Rot != "" {
			t.Errorf("%+v", f)
		}
	}); err != nil {
		t.Error(err)
	}
}

// A repository is there as a whole, with its links to files.
func TestRepository(t *testing.T) {
	_, m, err := fill(t, build(t, "fedora-dvd"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"images/pxeboot/vmlinuz", ".treeinfo", "medium.iso"} {
		if m.File(path) == nil {
			t.Errorf("%s is missing", path)
		}
	}
	if !slices.ContainsFunc(m.Cmdline, func(w string) bool { return strings.HasPrefix(w, "inst.") && strings.Contains(w, "{url}") }) {
		t.Errorf("arguments %q", m.Cmdline)
	}
}

// Every family is either an image that can be kept, or is refused with words; a manifest that is refused is as it was.
func TestFamilies(t *testing.T) {
	fixtures, err := filepath.Glob("../media/testdata/*.txtar")
	if err != nil || len(fixtures) < 20 {
		t.Fatalf("%d fixtures, %v", len(fixtures), err)
	}
	kept := 0
	for _, path := range fixtures {
		name := strings.TrimSuffix(filepath.Base(path), ".txtar")
		v, m, err := fill(t, build(t, name))
		switch {
		case errors.Is(err, isoimage.ErrCannotBoot):
			if len(m.Files) != 1 || len(m.Cmdline) > 0 || len(err.Error()) < len(isoimage.ErrCannotBoot.Error())+10 {
				t.Errorf("%s: %v, %d files", name, err, len(m.Files))
			}
		case err != nil:
			t.Errorf("%s: %v", name, err)
		default:
			kept++
			for _, f := range m.Files {
				if got := served(t, v, "a/1/"+f.Path); int64(len(got)) != f.Size {
					t.Errorf("%s: %s has %d bytes, want %d", name, f.Path, len(got), f.Size)
				}
			}
		}
	}
	if kept != 23 {
		t.Errorf("%d of %d are images, want 23", kept, len(fixtures))
	}
	t.Logf("%d of %d are images", kept, len(fixtures))
}
