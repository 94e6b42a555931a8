// SPDX-License-Identifier: Apache-2.0

package images_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/images"
	"github.com/bootlace-net/bootlace/images/vault"
)

// keep puts an image with the files linux and initrd into a vault.
func keep(t *testing.T, v *vault.Vault, name, text string) vault.Digest {
	t.Helper()
	m := &vault.Manifest{Format: vault.Format, Name: name, Family: "debian", Version: "12", Arch: "x86_64", Added: time.Now().UTC()}
	content := make(map[vault.Digest]io.Reader)
	var d vault.Digest
	for _, path := range []string{"linux", "initrd"} {
		b := []byte(text + " " + path)
		d, _, _ = vault.DigestOf(bytes.NewReader(b))
		m.Files = append(m.Files, vault.File{Role: vault.RoleOther, Path: path, Digest: d, Size: int64(len(b)), Source: vault.Source{Blob: d}})
		content[d] = bytes.NewReader(b)
	}
	m.Origins = []vault.Origin{{URL: "http://example.org/", Digest: d, Trust: vault.TrustFirstUse, Fetched: m.Added}}
	if err := v.Add(t.Context(), m, content); err != nil {
		t.Fatal(err)
	}
	return d
}

// Images of a vault are files beside those of the directory. A directory of an image's name hides all of the image, never a part.
func TestVaultBesideDirectory(t *testing.T) {
	dir, v := t.TempDir(), vault.Open(t.TempDir())
	keep(t, v, "debian/12", "vault")
	keep(t, v, "debian/13", "vault")
	write(t, filepath.Join(dir, "debian/12/linux"), "directory")
	write(t, filepath.Join(dir, "debian/README"), "directory")
	s, err := images.Open(dir, v)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for name, want := range map[string]string{"debian/12/linux": "directory", "debian/12/initrd": "", "debian/13/linux": "vault linux", "debian/README": "directory"} {
		if got := whose(t, s, name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	names := s.Names()
	for name, want := range map[string]bool{"debian/12/linux": true, "debian/12/initrd": false, "debian/13/initrd": true} {
		if slices.Contains(names, name) != want {
			t.Errorf("%s is listed: %v, want %v", name, !want, want)
		}
	}
	if !s.Hides("debian/12") || s.Hides("debian/13") {
		t.Error("the directory hides the wrong one")
	}
	if got, ok := s.Fold("Debian/13/LINUX"); got != "debian/13/linux" || !ok {
		t.Errorf("whatever the case: %q", got)
	}
}

// What was changed behind our back is no file that does not exist: it is told of as what it is.
func TestVaultRot(t *testing.T) {
	v := vault.Open(t.TempDir())
	d := keep(t, v, "debian/12", "vault")
	s, err := images.Open(t.TempDir(), v)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := os.WriteFile(filepath.Join(v.Dir(), "blobs/sha256", d.Hex()), []byte("VAULT INITRD"), 0o644); err != nil {
		t.Fatal(err)
	}
	var rot *vault.RotError
	_, err = s.Open("debian/12/initrd")
	if !errors.As(err, &rot) || errors.Is(err, fs.ErrNotExist) || strings.Contains(err.Error(), v.Dir()) {
		t.Errorf("%v, want a RotError without a path", err)
	}
	if got := whose(t, s, "debian/12/linux"); got != "vault linux" {
		t.Errorf("the other file is %q", got)
	}
}
