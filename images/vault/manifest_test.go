// SPDX-License-Identifier: Apache-2.0

package vault_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bootlace-net/bootlace/images/vault"
)

func full() *vault.Manifest {
	m, _ := image("debian/12", map[string]string{"linux": "kernel", "a/initrd": "initrd"})
	m.Title, m.LeastMemory, m.Cmdline = "Debian <12>", 1<<30, []string{"fetch={url}a.squashfs", "quiet"}
	m.Files = append(m.Files, vault.File{Role: vault.RoleShim, Path: "shim.efi", Digest: digest([]byte("shim")), Size: 4,
		Source: vault.Source{Blob: digest([]byte("iso")), Extents: []vault.Extent{{Offset: 7, Length: 1}, {Offset: 9, Length: 3}}}})
	m.Origins = append(m.Origins, vault.Origin{URL: "http://example.org/SHA256SUMS", Digest: digest([]byte("sums")), Size: 4, Trust: vault.TrustOpenPGP,
		Key: "0123 4567", Signature: "http://example.org/SHA256SUMS.sign", Signed: day(), Fetched: day()})
	return m
}

func TestManifestThereAndBack(t *testing.T) {
	m := full()
	b, err := m.Encode()
	if err != nil {
		t.Fatal(err)
	}
	got, err := vault.Decode(b)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(m, got); diff != "" {
		t.Error(diff)
	}
	if got.Size() != int64(len("kernel")+len("initrd")+4) || !slices.Equal(got.Of(vault.RoleShim), []string{"shim.efi"}) || got.Unproved() {
		t.Errorf("size %d, shim %q", got.Size(), got.Of(vault.RoleShim))
	}
}

// Each of these changes makes a manifest that is refused, with words that name the thing.
func TestManifestStrict(t *testing.T) {
	for _, tt := range []struct{ old, new, want string }{
		{`"bootlace_image": 1`, `"bootlace_image": 2`, "a newer bootlace"},
		{`"name": "debian/12"`, `"name": "debian"`, "family/version"},
		{`"name": "debian/12"`, `"name": "../12"`, "family/version"},
		{`"name": "debian/12"`, `"name": "m/12"`, "family/version"},
		{`"name": "debian/12"`, `"name": "Debian/12"`, "family/version"},
		{`"name": "debian/12"`, `"name": "debian/12", "name": "debian/12"`, "repeated"},
		{`"name": "debian/12"`, `"NAME": "debian/12"`, "as bootlace writes"},
		{`"name": "debian/12"`, `"name": "debian/12", "more": 1`, "unknown"},
		{`"arch": "x86_64"`, `"arch": ""`, "arch"},
		{`"role": "kernel"`, `"role": "colonel"`, "colonel"},
		{`"role": "other"`, `"role": "kernel"`, "at most one"},
		{`"path": "linux"`, `"path": "../linux"`, "relative path"},
		{`"path": "linux"`, `"path": "/linux"`, "relative path"},
		{`"path": "linux"`, `"path": "li\\nux"`, "relative path"},
		{`"path": "linux"`, `"path": "a/initrd"`, "twice"},
		{`"path": "linux"`, `"path": "a"`, "below another file"},
		{`"path": "linux"`, `"path": "linux\u0000"`, "control"},
		{`"size": 6`, `"size": -6`, "size"},
		{`"offset": 7`, `"offset": -7`, "cannot be"},
		{`"length": 3`, `"length": 4`, "5 bytes, and it 4"},
		{`"quiet"`, `"{{ secret \"root\" }}"`, "cannot be an argument"},
		{`"quiet"`, `"${net0/mac}"`, "cannot be an argument"},
		{`"quiet"`, `"quiet\nkernel"`, "cannot be an argument"},
		{`"trust": "openpgp"`, `"trust": "me"`, "trust"},
		{`"least_memory": 1073741824`, `"least_memory": 1, "rewritten": [{"path": "boot.cfg", "text": "x"}]`, "none of the files"},
		{`"least_memory": 1073741824`, `"least_memory": 1, "rewritten": [{"path": "linux", "text": "x\u0000"}]`, "no text"},
		{`"least_memory": 1073741824`, `"least_memory": -1`, "least_memory"},
		{`sha256:`, `sha512:`, "sha256"},
		{"{", "", "no manifest"},
	} {
		b, err := full().Encode()
		if err != nil {
			t.Fatal(err)
		}
		changed := bytes.Replace(b, []byte(tt.old), []byte(tt.new), 1)
		if bytes.Equal(b, changed) {
			t.Fatalf("%s is not in it", tt.old)
		}
		if _, err := vault.Decode(changed); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want words with %q", tt.new, err, tt.want)
		}
	}
	b, _ := full().Encode()
	if _, err := vault.Decode(append(b, "{}"...)); err == nil {
		t.Error("two manifests in one file")
	}
}

func FuzzDecode(f *testing.F) {
	b, err := full().Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte(`{"bootlace_image":1}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := vault.Decode(b)
		if err != nil {
			return
		}
		out, err := m.Encode()
		if err != nil {
			t.Fatal(err)
		}
		again, err := vault.Decode(out)
		if err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
		if diff := cmp.Diff(m, again); diff != "" {
			t.Error(diff)
		}
		if vault.CheckName(m.Name) != nil || m.Size() < 0 {
			t.Errorf("%q of %d bytes passed", m.Name, m.Size())
		}
	})
}

func FuzzName(f *testing.F) {
	for _, s := range []string{"debian/12", "debian/12/arm64", "a@b/c", "../x", "m/52-54-00-12-34-56", "a/b/c/d", "a/.b", "a/b."} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if vault.CheckName(s) == nil && (strings.ContainsAny(s, "@\\ \x00") || strings.Contains(s, "..") && strings.Contains(s, "/..") || strings.HasPrefix(s, "/") || strings.HasPrefix(s, "m/")) {
			t.Errorf("%q passed", s)
		}
	})
}
