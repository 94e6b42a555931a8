// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/bootlace-net/bootlace/internal/pull/mirror"
)

// TestImages runs every script in testdata/images beside a mirror: $MIRROR is its address, c/catalog.yaml names it, and in the folder
// web of it is what the scripts put there.
func TestImages(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/images",
		Setup: func(env *testscript.Env) error {
			m, err := mirror.New(bytes.Repeat([]byte("kernel "), 10_000), bytes.Repeat([]byte("initrd "), 50_000))
			if err != nil {
				return err
			}
			env.Defer(func() { _ = m.Close() })
			env.Setenv("MIRROR", m.URL)
			env.Setenv("FINGERPRINT", m.Signer.Fingerprint())
			m.Misbehave(func(w http.ResponseWriter, r *http.Request) bool {
				if !strings.HasPrefix(r.URL.Path, "/web/") {
					return false
				}
				http.ServeFile(w, r, filepath.Join(env.WorkDir, filepath.FromSlash(r.URL.Path)))
				return true
			})
			return errors.Join(put(env, m, "c/catalog.yaml", m.Catalog()), web(env, m))
		},
	})
}

// web signs a list of what is in web.
func web(env *testscript.Env, m *mirror.Mirror) error {
	kernel, initrd := "a kernel\n", "an initrd\n"
	sums := fmt.Sprintf("%x  vmlinuz\n%x *initrd.img\n", sha256.Sum256([]byte(kernel)), sha256.Sum256([]byte(initrd)))
	signature, err := m.Signer.Detached(sums)
	if err != nil {
		return err
	}
	own, err := m.Signer.Detached(kernel)
	return errors.Join(err, put(env, m, "web/vmlinuz", kernel), put(env, m, "web/initrd.img", initrd), put(env, m, "web/SHA256SUMS", sums),
		put(env, m, "web/SHA256SUMS.gpg", signature), put(env, m, "web/vmlinuz.asc", own), put(env, m, "my.asc", m.Signer.Public()))
}

func put(env *testscript.Env, _ *mirror.Mirror, name, text string) error {
	path := filepath.Join(env.WorkDir, name)
	return errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644))
}

// TestDocsImages: what docs/images.md tells people to type is what the scripts in testdata/images run, word by word.
func TestDocsImages(t *testing.T) {
	page, err := os.ReadFile("../../docs/images.md")
	if err != nil {
		t.Fatal(err)
	}
	var script []byte
	for _, name := range []string{"docs", "import"} {
		b, err := os.ReadFile("testdata/images/" + name + ".txtar")
		if err != nil {
			t.Fatal(err)
		}
		script = append(script, b...)
	}
	n, shown := 0, false
	for line := range strings.Lines(strings.ReplaceAll(string(page), "\\\n    ", "")) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "```") {
			shown = !shown
		}
		command, ok := strings.CutPrefix(line, "# ")
		if !shown || !ok || !strings.HasPrefix(command, "bootlace ") {
			continue
		}
		n++
		command = strings.NewReplacer("https://example.org", "$MIRROR/web", `"`, `'`).Replace(command)
		if !strings.Contains(string(script), command+" --config c --state state\n") {
			t.Errorf("%s: is not run", command)
		}
	}
	if n < 15 {
		t.Fatalf("%d commands", n)
	}
}

// The line of progress says how much, how fast and how long still; what was there before is not fast.
func TestMeter(t *testing.T) {
	now := time.Unix(1000, 0)
	var out bytes.Buffer
	m := newMeter(&out, true, func() time.Time { return now })
	m.Update("a", 50e6, 100e6) // gone on with
	m.Update("b", 0, 100e6)
	now = now.Add(time.Second)
	m.show()
	m.Update("a", 60e6, 100e6)
	m.Update("b", 10e6, 100e6)
	now = now.Add(time.Second)
	m.show()
	if want := " 35% 70.0 MB of 200.0 MB, 20.0 MB/s, 7s left"; !strings.Contains(out.String(), want) {
		t.Errorf("%q, want %q", out.String(), want)
	}
	m.Say("hello")
	if !strings.HasSuffix(out.String(), "\r\x1b[Khello\n") {
		t.Errorf("%q", out.String())
	}
	out.Reset()
	plain := newMeter(&out, false, func() time.Time { return now })
	plain.Update("a", 10, -1)
	plain.Update("a", 20, -1)
	now = now.Add(10 * time.Second)
	plain.show()
	if want := "20 B, 1 B/s\n"; out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
}
