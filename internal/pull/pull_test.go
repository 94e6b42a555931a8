// SPDX-License-Identifier: Apache-2.0

package pull_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bootlace-net/bootlace/images/catalog"
	"github.com/bootlace-net/bootlace/images/vault"
	"github.com/bootlace-net/bootlace/internal/pull"
	"github.com/bootlace-net/bootlace/internal/pull/mirror"
	"github.com/bootlace-net/bootlace/internal/trust"
)

// kernelOf reads the kernel of an image as a machine would get it; "" if there is none.
func kernelOf(t *testing.T, p *pull.Puller, name string) string {
	t.Helper()
	f, err := vault.Open(p.Vault.Dir()).Open(name + "/linux")
	if err != nil {
		return ""
	}
	defer f.Close()
	b, err := io.ReadAll(io.NewSectionReader(f, 0, f.Size()))
	must(t, err)
	return string(b)
}

func TestByName(t *testing.T) {
	m, c := debian(t)
	p := puller(t)
	if n := m.Asked(""); n > 0 {
		t.Errorf("asked %d times before anybody wanted anything", n)
	}
	got, err := p.Pull(t.Context(), pull.Request{Recipe: recipe(t, c, "debian/12")})
	must(t, err)
	if !strings.HasPrefix(kernelOf(t, p, "debian/12"), "kernel kernel") || got.LeastMemory != 1<<30 || got.Unproved() {
		t.Errorf("%+v", got)
	}
	for _, o := range got.Origins {
		if o.Trust != vault.TrustOpenPGP || o.Key != m.Signer.Fingerprint() || !strings.HasSuffix(o.Signature, "/InRelease") || o.Signed.IsZero() {
			t.Errorf("%+v", o)
		}
	}
	before := m.Asked(mirror.Initrd)
	_, err = p.Pull(t.Context(), pull.Request{Recipe: recipe(t, c, "debian/12")})
	must(t, err)
	if after := m.Asked(mirror.Initrd); before != 1 || after != 1 {
		t.Errorf("what was here was asked for again: %d, then %d times", before, after)
	}
}

// Whatever a mirror does, nothing of it appears, what was there stays, and the error says what is wrong.
func TestForgedMirror(t *testing.T) {
	for name, tt := range map[string]struct {
		forge func(m *mirror.Mirror, other *mirror.Signer)
		want  string
	}{
		"another kernel": {func(m *mirror.Mirror, _ *mirror.Signer) { m.Put(mirror.Linux, "evil") }, "truncated, replaced or forged"},
		"half a kernel":  {func(m *mirror.Mirror, _ *mirror.Signer) { m.Put(mirror.Linux, m.Get(mirror.Linux)[:1000]) }, "truncated, replaced or forged"},
		"no kernel":      {func(m *mirror.Mirror, _ *mirror.Signer) { m.Drop(mirror.Linux) }, "404"},
		"another list": {func(m *mirror.Mirror, _ *mirror.Signer) {
			m.Put(mirror.Images+"SHA256SUMS", m.Get(mirror.Images+"SHA256SUMS")+" ")
		}, "replaced meanwhile, or forged"},
		"an empty list":    {func(m *mirror.Mirror, _ *mirror.Signer) { m.Put(mirror.Images+"SHA256SUMS", "") }, "replaced meanwhile, or forged"},
		"another Release":  {func(m *mirror.Mirror, o *mirror.Signer) { m.Put(mirror.Dist+"InRelease", inline(t, o, "SHA256:\n")) }, "another key"},
		"an older Release": {func(m *mirror.Mirror, _ *mirror.Signer) { m.Put(mirror.Dist+"InRelease", "SHA256:\n") }, "no cleartext signature"},
		"another key":      {func(m *mirror.Mirror, o *mirror.Signer) { m.Put(mirror.Key, o.Public()) }, "has fingerprint"},
		"no key":           {func(m *mirror.Mirror, _ *mirror.Signer) { m.Drop(mirror.Key) }, "--key FILE"},
		"not listed": {func(m *mirror.Mirror, _ *mirror.Signer) {
			m.Put(mirror.Dist+"InRelease", m.Get("/other"))
		}, "does not name it"},
		"a page instead": {func(m *mirror.Mirror, _ *mirror.Signer) {
			m.Misbehave(func(w http.ResponseWriter, r *http.Request) bool {
				if r.URL.Path == mirror.Linux {
					_, _ = io.WriteString(w, "<html>log in first</html>")
				}
				return r.URL.Path == mirror.Linux
			})
		}, "truncated, replaced or forged"},
		"a file of this host": {func(m *mirror.Mirror, _ *mirror.Signer) {
			m.Misbehave(func(w http.ResponseWriter, r *http.Request) bool {
				if r.URL.Path == mirror.Linux {
					w.Header().Set("Location", "file:///etc/passwd")
					w.WriteHeader(http.StatusFound)
				}
				return r.URL.Path == mirror.Linux
			})
		}, "file address"},
	} {
		t.Run(name, func(t *testing.T) {
			m, c := debian(t)
			m.Put("/other", inline(t, m.Signer, "SHA256:\n "+strings.Repeat("0", 64)+" 1 main/other\n"))
			p := puller(t)
			_, err := p.Pull(t.Context(), pull.Request{Recipe: recipe(t, c, "debian/12")})
			must(t, err)
			_, err = p.Vault.Remove(t.Context(), "debian/12") // so that it is fetched again
			must(t, err)
			m.Put("/x/linux", "what was there")
			_, err = p.Pull(t.Context(), pull.Request{Recipe: single(m.URL+"/x/linux", "debian/12"), FirstUse: true})
			must(t, err)

			tt.forge(m, signer(t))
			_, err = p.Pull(t.Context(), pull.Request{Recipe: recipe(t, c, "debian/12"), FirstUse: true}) // which is no help against forgery
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v, want words with %q", err, tt.want)
			}
			if got := kernelOf(t, p, "debian/12"); got != "what was there" {
				t.Errorf("what was there is %.20q", got)
			}
			if freed, err := p.Vault.GC(t.Context()); err != nil || freed.Partials > 2 {
				t.Errorf("%+v, %v", freed, err)
			}
		})
	}
}

// single is what somebody makes of one address.
func single(url, name string) *catalog.Recipe {
	family, version, _ := strings.Cut(name, "/")
	return &catalog.Recipe{Name: name, Family: family, Version: version, Arch: "x86_64", Files: []catalog.File{{Role: "kernel", Path: "linux", URL: url}}}
}

func TestOneFile(t *testing.T) {
	const text = "the kernel"
	sums := fmt.Sprintf("%x *linux\n", sha256.Sum256([]byte(text)))
	m, _ := debian(t)
	for path, text := range map[string]string{"linux": text, "linux.sig": detached(t, m.Signer, text), "SHA256SUMS": sums, "SHA256SUMS.gpg": detached(t, m.Signer, sums)} {
		m.Put("/d/"+path, text)
	}
	key, err := trust.ParseKey([]byte(m.Signer.Public()))
	must(t, err)
	local := filepath.Join(t.TempDir(), "linux")
	must(t, os.WriteFile(local, []byte(text), 0o600))
	for name, tt := range map[string]struct {
		change func(r *pull.Request)
		trust  vault.Trust
	}{
		"nothing":       {func(*pull.Request) {}, ""},
		"a key alone":   {func(r *pull.Request) { r.Key = key }, ""},
		"first use":     {func(r *pull.Request) { r.FirstUse = true }, vault.TrustFirstUse},
		"digest":        {func(r *pull.Request) { r.Files[0].SHA256 = fmt.Sprintf("%x", sha256.Sum256([]byte(text))) }, vault.TrustDigest},
		"its signature": {func(r *pull.Request) { r.Key, r.Files[0].Signature = key, m.URL+"/d/linux.sig" }, vault.TrustOpenPGP},
		"a list": {func(r *pull.Request) {
			r.Key, r.Lists = key, []catalog.List{{URL: m.URL + "/d/SHA256SUMS", Signature: m.URL + "/d/SHA256SUMS.gpg"}}
		}, vault.TrustOpenPGP},
		"unsigned list":  {func(r *pull.Request) { r.Lists = []catalog.List{{URL: m.URL + "/d/SHA256SUMS"}} }, ""},
		"no key":         {func(r *pull.Request) { r.Files[0].Signature = m.URL + "/d/linux.sig" }, ""},
		"list, no proof": {func(r *pull.Request) { r.FirstUse, r.Lists = true, []catalog.List{{URL: m.URL + "/d/SHA256SUMS"}} }, vault.TrustFirstUse},
		"local":          {func(r *pull.Request) { r.Files[0].URL, r.FirstUse = local, true }, vault.TrustFirstUse},
		"local, signed":  {func(r *pull.Request) { r.Files[0].URL, r.Key, r.Files[0].Signature = local, key, m.URL+"/d/linux.sig" }, vault.TrustOpenPGP},
		"local, listed": {func(r *pull.Request) {
			r.Files[0].URL, r.Key, r.Lists = local, key, []catalog.List{{URL: m.URL + "/d/SHA256SUMS", Signature: m.URL + "/d/SHA256SUMS.gpg"}}
		}, vault.TrustOpenPGP},
	} {
		p := puller(t)
		r := pull.Request{Recipe: single(m.URL+"/d/linux", "my/1")}
		tt.change(&r)
		before := m.Asked("/d/linux")
		got, err := p.Pull(t.Context(), r)
		switch {
		case tt.trust == "" && (!errors.Is(err, pull.ErrUnproved) || !strings.Contains(err.Error(), "--trust-on-first-use") || m.Asked("/d/linux") != before):
			t.Errorf("%s: %v, and asked %d times", name, err, m.Asked("/d/linux")-before)
		case tt.trust == "":
		case err != nil:
			t.Errorf("%s: %v", name, err)
		case got.Origins[0].Trust != tt.trust || got.Unproved() != (tt.trust == vault.TrustFirstUse) || kernelOf(t, p, "my/1") != text:
			t.Errorf("%s: trusted by %s, want %s", name, got.Origins[0].Trust, tt.trust)
		}
	}
}

// A digest that was said counts more than anything else.
func TestWrongDigest(t *testing.T) {
	m, _ := debian(t)
	m.Put("/linux", "kernel")
	p := puller(t)
	r := pull.Request{Recipe: single(m.URL+"/linux", "my/1"), FirstUse: true}
	r.Files[0].SHA256 = strings.Repeat("0", 64)
	var wrong *vault.DigestError
	if _, err := p.Pull(t.Context(), r); !errors.As(err, &wrong) {
		t.Errorf("%v, want a DigestError", err)
	}
	if freed, err := p.Vault.GC(t.Context()); err != nil || freed.Partials != 0 {
		t.Errorf("a file of no use is left: %+v, %v", freed, err)
	}
}

// A pull that was broken off goes on with what has come.
func TestGoesOn(t *testing.T) {
	text := strings.Repeat("kernel", 200_000)
	m, _ := debian(t)
	m.Put("/linux", text)
	p := puller(t)
	p.Fetch.Tries = 1
	r := pull.Request{Recipe: single(m.URL+"/linux", "my/1"), FirstUse: true}
	m.Misbehave(func(w http.ResponseWriter, _ *http.Request) bool {
		w.Header().Set("ETag", fmt.Sprintf(`"%x"`, sha256.Sum256([]byte(text))))
		w.Header().Set("Content-Length", fmt.Sprint(len(text)))
		_, _ = io.WriteString(w, text[:500_000])
		panic(http.ErrAbortHandler)
	})
	if _, err := p.Pull(t.Context(), r); err == nil {
		t.Fatal("not broken off")
	}
	ranges := ""
	m.Misbehave(func(_ http.ResponseWriter, r *http.Request) bool { ranges = r.Header.Get("Range"); return false })
	p = &pull.Puller{Vault: vault.Open(p.Vault.Dir()), Fetch: p.Fetch}
	_, err := p.Pull(t.Context(), r)
	if err != nil || kernelOf(t, p, "my/1") != text || !strings.HasPrefix(ranges, "bytes=") {
		t.Errorf("%v; asked for %q", err, ranges)
	}
}

// A file that is replaced between two tries is fetched anew, and never mixed.
func TestReplacedMeanwhile(t *testing.T) {
	old, now := strings.Repeat("old ", 200_000), strings.Repeat("new ", 200_000)
	m, _ := debian(t)
	m.Put("/linux", now)
	p := puller(t)
	asked := 0
	m.Misbehave(func(w http.ResponseWriter, _ *http.Request) bool {
		if asked++; asked > 1 {
			return false
		}
		w.Header().Set("ETag", `"old"`)
		w.Header().Set("Content-Length", fmt.Sprint(len(old)))
		_, _ = io.WriteString(w, old[:300_000])
		panic(http.ErrAbortHandler)
	})
	r := pull.Request{Recipe: single(m.URL+"/linux", "my/1")}
	r.Files[0].SHA256 = fmt.Sprintf("%x", sha256.Sum256([]byte(now)))
	if _, err := p.Pull(t.Context(), r); err != nil || kernelOf(t, p, "my/1") != now {
		t.Errorf("%v after %d tries", err, asked)
	}
}

// Of two files of the same bytes one is kept, and nothing is left of the other.
func TestSameBytesTwice(t *testing.T) {
	m, _ := debian(t)
	m.Put("/linux", "the same")
	m.Put("/other", "the same")
	p := puller(t)
	r := pull.Request{Recipe: single(m.URL+"/linux", "my/1"), FirstUse: true}
	r.Files = append(r.Files, catalog.File{Role: "initrd", Path: "initrd", URL: m.URL + "/other"})
	if _, err := p.Pull(t.Context(), r); err != nil || kernelOf(t, p, "my/1") != "the same" {
		t.Fatal(err)
	}
	if freed, err := p.Vault.GC(t.Context()); err != nil || freed != (vault.Freed{}) {
		t.Errorf("%+v was left, %v", freed, err)
	}
}
