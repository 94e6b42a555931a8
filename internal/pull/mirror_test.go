// SPDX-License-Identifier: Apache-2.0

package pull_test

import (
	"strings"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/configs"
	"github.com/bootlace-net/bootlace/images/catalog"
	"github.com/bootlace-net/bootlace/images/vault"
	"github.com/bootlace-net/bootlace/internal/fetch"
	"github.com/bootlace-net/bootlace/internal/pull"
	"github.com/bootlace-net/bootlace/internal/pull/mirror"
)

// debian starts a mirror as Debian's are, and gives the catalogue of somebody who uses it.
func debian(t *testing.T) (*mirror.Mirror, *catalog.Catalog) {
	t.Helper()
	m, err := mirror.New([]byte(strings.Repeat("kernel ", 10_000)), []byte(strings.Repeat("initrd ", 50_000)))
	must(t, err)
	t.Cleanup(func() { m.Close() })
	c, problems := catalog.Read(configs.Decode, "catalog.yaml", []byte(m.Catalog()))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return m, c
}

func signer(t *testing.T) *mirror.Signer {
	t.Helper()
	s, err := mirror.NewSigner("Somebody")
	must(t, err)
	return s
}

func inline(t *testing.T, s *mirror.Signer, text string) string {
	t.Helper()
	out, err := s.Inline(text)
	must(t, err)
	return out
}

func detached(t *testing.T, s *mirror.Signer, text string) string {
	t.Helper()
	out, err := s.Detached(text)
	must(t, err)
	return out
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
