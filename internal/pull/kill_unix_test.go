// SPDX-License-Identifier: Apache-2.0

//go:build unix

package pull_test

import (
	"context"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
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

// TestMain lets a test start itself as a process that pulls, and can be killed.
func TestMain(m *testing.M) {
	if dir := os.Getenv("PULL_CHILD"); dir != "" {
		c, _ := catalog.Read(configs.Decode, "catalog.yaml", []byte(os.Getenv("PULL_CATALOG")))
		r, err := c.Recipe("debian/12")
		if err == nil {
			p := &pull.Puller{Vault: vault.Open(dir), Fetch: fetch.Fetcher{Pause: time.Millisecond}}
			_, err = p.Pull(context.Background(), pull.Request{Recipe: r})
		}
		if err != nil {
			_, _ = os.Stderr.WriteString(err.Error() + "\n")
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// TestKilledWhilePulling: a pull that is killed again and again, at any point, gets to its end by what came before, and at no time is
// there anything but the whole image or none. BOOTLACE_SOAK=1 kills 200 times.
func TestKilledWhilePulling(t *testing.T) {
	kills := 10
	if os.Getenv("BOOTLACE_SOAK") != "" {
		kills = 200
	}
	m, c := debian(t)
	slowly := func(w http.ResponseWriter, r *http.Request) bool {
		text := m.Get(r.URL.Path)
		if text == "" || r.URL.Path != mirror.Initrd {
			return false
		}
		http.ServeContent(&slow{w}, r, "", time.Unix(1e9, 0), strings.NewReader(text))
		return true
	}
	m.Misbehave(slowly)
	dir := t.TempDir()
	whole := 0
	for killed := 0; killed < kills; {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "PULL_CHILD="+dir, "PULL_CATALOG="+m.Catalog())
		must(t, cmd.Start())
		timer := time.AfterFunc(time.Duration(rand.IntN(120))*time.Millisecond, func() { _ = cmd.Process.Kill() }) // no promise hangs on it
		err := cmd.Wait()
		if timer.Stop(); err != nil {
			killed++
		}
		whole += look(t, dir)
		if err == nil { // it got to its end: once more from the start
			_, err := vault.Open(dir).Remove(t.Context(), "debian/12")
			must(t, err)
		}
	}
	p := &pull.Puller{Vault: vault.Open(dir), Fetch: fetch.Fetcher{Pause: time.Millisecond}}
	_, err := p.Pull(t.Context(), pull.Request{Recipe: recipe(t, c, "debian/12")})
	must(t, err)
	if look(t, dir) != 1 {
		t.Error("it did not get to its end")
	}
	freed, err := p.Vault.GC(t.Context())
	must(t, err)
	t.Logf("%d times whole after %d kills; freed in the end: %+v", whole, kills, freed)
}

// look looks with the eyes of a process that starts now: 1 if the image is there.
func look(t *testing.T, dir string) int {
	t.Helper()
	v := vault.Open(dir)
	n := 0
	must(t, v.Verify(t.Context(), "", func(f vault.Verified) {
		if n++; f.Rot != "" {
			t.Errorf("%s/%s: %s", f.Image, f.Path, f.Rot)
		}
	}))
	if n != 0 && n != 2 {
		t.Errorf("the image has %d files", n)
	}
	return n / 2
}

// slow is a connection that is.
type slow struct{ http.ResponseWriter }

// Write follows io.Writer.
func (s *slow) Write(b []byte) (n int, err error) {
	for len(b) > 0 && err == nil {
		part := b[:min(len(b), 10_000)]
		var wrote int
		wrote, err = s.ResponseWriter.Write(part)
		n, b = n+wrote, b[wrote:]
		if f, ok := s.ResponseWriter.(http.Flusher); ok {
			f.Flush()
		}
		time.Sleep(time.Millisecond)
	}
	return n, err
}

var _ io.Writer = (*slow)(nil)
