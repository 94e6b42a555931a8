// SPDX-License-Identifier: Apache-2.0

package pull_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/armor"
	"github.com/ProtonMail/go-crypto/openpgp/clearsign"

	"github.com/bootlace-net/bootlace/configs"
	"github.com/bootlace-net/bootlace/images/catalog"
	"github.com/bootlace-net/bootlace/images/vault"
	"github.com/bootlace-net/bootlace/internal/fetch"
	"github.com/bootlace-net/bootlace/internal/pull"
)

// signer is a key of the tests.
type signer struct {
	t *testing.T
	*openpgp.Entity
}

func newSigner(t *testing.T, name string) signer {
	t.Helper()
	e, err := openpgp.NewEntity(name, "", "signer@example.org", nil)
	if err != nil {
		t.Fatal(err)
	}
	return signer{t, e}
}

func (s signer) fingerprint() string { return fmt.Sprintf("%X", s.PrimaryKey.Fingerprint) }

func (s signer) public() string {
	s.t.Helper()
	var b bytes.Buffer
	w, err := armor.Encode(&b, openpgp.PublicKeyType, nil)
	must(s.t, err)
	must(s.t, s.Serialize(w))
	must(s.t, w.Close())
	return b.String()
}

func (s signer) inline(text string) string {
	s.t.Helper()
	var b bytes.Buffer
	w, err := clearsign.Encode(&b, s.PrivateKey, nil)
	must(s.t, err)
	_, err = w.Write([]byte(text))
	must(s.t, err)
	must(s.t, w.Close())
	return b.String()
}

func (s signer) detached(text string) string {
	s.t.Helper()
	var b bytes.Buffer
	must(s.t, openpgp.ArmoredDetachSign(&b, s.Entity, strings.NewReader(text), nil))
	return b.String()
}

// mirror serves files, counts who asks, and may be told to misbehave.
type mirror struct {
	*httptest.Server
	mu    sync.Mutex
	files map[string]string
	asked map[string]int
	more  func(w http.ResponseWriter, r *http.Request) bool
}

func newMirror(t *testing.T, files map[string]string) *mirror {
	m := &mirror{files: files, asked: make(map[string]int)}
	m.Server = httptest.NewServer(m)
	t.Cleanup(m.Close)
	return m
}

func (m *mirror) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	m.mu.Lock()
	m.asked[r.URL.Path]++
	text, ok := m.files[r.URL.Path]
	more := m.more
	m.mu.Unlock()
	switch {
	case more != nil && more(w, r):
	case !ok:
		http.NotFound(w, r)
	default:
		w.Header().Set("ETag", fmt.Sprintf(`"%x"`, sha256.Sum256([]byte(text))))
		http.ServeContent(w, r, "", time.Time{}, strings.NewReader(text))
	}
}

// debian makes a mirror as Debian's are, whose Release is signed, and the catalogue of somebody who uses it.
func debian(t *testing.T, by signer) (*mirror, *catalog.Catalog) {
	t.Helper()
	const dist = "/debian/dists/bookworm/"
	const images = dist + "main/installer-amd64/current/images/"
	kernel, initrd := strings.Repeat("kernel ", 10_000), strings.Repeat("initrd ", 50_000)
	sums := fmt.Sprintf("%x  ./netboot/debian-installer/amd64/linux\n%x  ./netboot/debian-installer/amd64/initrd.gz\n", sha256.Sum256([]byte(kernel)), sha256.Sum256([]byte(initrd)))
	release := fmt.Sprintf("Origin: Debian\nSHA256:\n %x %d main/installer-amd64/current/images/SHA256SUMS\n", sha256.Sum256([]byte(sums)), len(sums))
	m := newMirror(t, map[string]string{
		dist + "InRelease": by.inline(release), images + "SHA256SUMS": sums,
		images + "netboot/debian-installer/amd64/linux": kernel, images + "netboot/debian-installer/amd64/initrd.gz": initrd,
		"/key.asc": by.public(),
	})
	return m, own(t, fmt.Sprintf("images: {debian: {vars: {mirror: %q}, keys: {keyrings: [], url: [%q], fingerprints: [%q]}}}", m.URL+"/debian", m.URL+"/key.asc", by.fingerprint()))
}

func own(t *testing.T, text string) *catalog.Catalog {
	t.Helper()
	c, problems := catalog.Read(configs.Decode, "catalog.yaml", []byte(text))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return c
}

func recipe(t *testing.T, c *catalog.Catalog, name string) *catalog.Recipe {
	t.Helper()
	r, err := c.Recipe(name)
	must(t, err)
	return r
}

func puller(t *testing.T) *pull.Puller {
	t.Helper()
	return &pull.Puller{Vault: vault.Open(t.TempDir()), Fetch: fetch.Fetcher{Pause: time.Millisecond, Tries: 2}}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
