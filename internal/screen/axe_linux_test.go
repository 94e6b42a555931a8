// SPDX-License-Identifier: Apache-2.0

package screen

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha512"
	"encoding/base64"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/bootlace-net/bootlace/boot"
)

// axe-core (MPL-2.0) is a tool of this test alone: npm fetches it when it is missing, and only what it was when this was written is taken.
const (
	axeVersion = "4.14.1"
	axeDigest  = "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ=="
)

// axe gives the program that looks for what keeps people out.
func axe(t testing.TB) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = t.TempDir()
	}
	dir := filepath.Join(cache, "bootlace-tests")
	archive := filepath.Join(dir, "axe-core-"+axeVersion+".tgz")
	if _, err := os.Stat(archive); err != nil {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command("npm", "pack", "--silent", "--pack-destination", dir, "axe-core@"+axeVersion)
		cmd.Dir = t.TempDir()
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Skipf("NOT TESTED: npm cannot fetch axe-core: %v: %s", err, out)
		}
	}
	packed, err := os.ReadFile(archive)
	if err != nil {
		t.Fatal(err)
	}
	if sum := sha512.Sum512(packed); base64.StdEncoding.EncodeToString(sum[:]) != axeDigest {
		t.Fatalf("%s is not what it was: remove it", archive)
	}
	return unpacked(t, packed, "package/axe.min.js")
}

func unpacked(t testing.TB, archive []byte, name string) string {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		t.Fatal(err)
	}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if h.Name == name {
			b, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			return string(b)
		}
	}
}

// TestAxe: a program that knows what keeps people out of pages finds nothing on any of them, light or dark.
func TestAxe(t *testing.T) {
	program := axe(t)
	s := scene(t, 40)
	s.configured(t)
	for n, text := range map[int]string{5: "", 6: "<i>"} {
		c := boot.Client{MAC: card(n), Hostname: text}
		s.api.Memory.See(c)
		s.note(boot.Event{Time: time.Now(), Kind: boot.EventNotice, Client: c, Text: "seen"})
	}
	ctx := tab(t, browser(t), s.url)
	do(t, ctx, chromedp.Navigate(s.url+"/m/node2"), chromedp.WaitVisible("#password", chromedp.ByQuery))
	finds(t, ctx, program, "login")
	do(t, ctx, enters("operate"))
	code, _ := s.waits()
	pages := []string{"/", "/?by=state", "/?q=node1&state=trouble", "/?q=nothing+like+it", "/m/node1", "/m/node2", "/m/tools", "/m/" + url.PathEscape(card(9).String()), "/m/nobody", "/nowhere", "/unknown", "/unknown/" + code, "/network", "/books", "/m/node7", "/m/node7/files/" + rendered}
	for _, a := range actions() {
		pages = append(pages, "/m/node1/"+a.verb)
	}
	for _, page := range pages {
		do(t, ctx, chromedp.Navigate(s.url+page), chromedp.WaitVisible("h1", chromedp.ByQuery), chromedp.Evaluate(`document.querySelectorAll('details').forEach(d => { d.open = true })`, nil))
		for _, scheme := range []string{"light", "dark"} {
			do(t, ctx, emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}))
			finds(t, ctx, program, page+" "+scheme)
		}
	}
}

// finds has the program look at a page as it is.
func finds(t testing.TB, ctx context.Context, program, page string) {
	t.Helper()
	var found struct {
		Passes int
		Wrong  []string
	}
	do(t, ctx, chromedp.Evaluate(program, nil), chromedp.Evaluate(`axe.run({resultTypes: ['violations']}).then(r => ({Passes: r.passes.length,
		Wrong: r.violations.flatMap(v => v.nodes.map(n => v.id + ': ' + n.html.slice(0, 200) + ' ' + (n.failureSummary || '').slice(0, 300)))}))`, &found, await))
	for _, w := range found.Wrong {
		t.Errorf("%s: %s", page, w)
	}
	if found.Passes < 5 {
		t.Errorf("%s: only %d rules had something to look at", page, found.Passes)
	}
}
