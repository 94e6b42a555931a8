// SPDX-License-Identifier: Apache-2.0

package fetch_test

import (
	"bytes"
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/internal/fetch"
)

// TestMain lets a test start itself as a program with another environment, which is read only once.
func TestMain(m *testing.M) {
	if address := os.Getenv("FETCH_CHILD"); address != "" {
		b, err := quick().Bytes(context.Background(), address, 1<<20)
		fmt.Printf("%s %v", b, err)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func quick() *fetch.Fetcher { return &fetch.Fetcher{Pause: time.Millisecond, Tries: 3} }

// place is a file on disk with its note.
type place struct {
	*os.File
	note []byte
}

func (p *place) Note() []byte           { return p.note }
func (p *place) SetNote(b []byte) error { p.note = b; return nil }

func newPlace(t *testing.T) *place {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "file"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return &place{File: f}
}

func (p *place) content(t *testing.T) string {
	t.Helper()
	b, err := io.ReadAll(io.NewSectionReader(p, 0, 1<<40))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func content(n int) string {
	var b strings.Builder
	for i := 0; b.Len() < n; i++ {
		fmt.Fprintf(&b, "%d ", i)
	}
	return b.String()[:n]
}

// broken serves text and breaks off after some bytes of each answer.
type broken struct {
	text, etag string
	after      int
	modified   string
	ranges     []string // as they were asked for
	more       func(w http.ResponseWriter, r *http.Request) bool
}

func (s *broken) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.ranges = append(s.ranges, r.Header.Get("Range"))
	if s.more != nil && s.more(w, r) {
		return
	}
	if s.etag != "" {
		w.Header().Set("ETag", s.etag)
	}
	if s.modified != "" {
		w.Header().Set("Last-Modified", s.modified)
	}
	when, _ := http.ParseTime(s.modified)
	http.ServeContent(&cutter{w, s.after}, r, "", when, strings.NewReader(s.text))
}

type cutter struct {
	http.ResponseWriter
	left int
}

func (c *cutter) Write(b []byte) (int, error) {
	if c.left == 0 {
		return c.ResponseWriter.Write(b)
	}
	n := min(len(b), c.left)
	_, _ = c.ResponseWriter.Write(b[:n])
	if c.left -= n; c.left == 0 {
		panic(http.ErrAbortHandler)
	}
	return n, nil
}

func serve(t *testing.T, h http.Handler) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

// A download that breaks off again and again goes on where it was, as long as the server can tell that the file is the same.
func TestGoesOn(t *testing.T) {
	text := content(1 << 20)
	for name, s := range map[string]*broken{
		"ETag":          {etag: `"v1"`},
		"Last-Modified": {modified: "Mon, 02 Nov 2026 10:00:00 GMT"},
	} {
		s.text, s.after = text, 300_000
		to := newPlace(t)
		n, err := quick().File(t.Context(), serve(t, s)+"/file", to, 1<<20)
		if err != nil || n != 1<<20 || to.content(t) != text {
			t.Errorf("%s: %d bytes, %v", name, n, err)
		}
		if len(s.ranges) < 4 || s.ranges[0] != "" || !strings.HasPrefix(s.ranges[1], "bytes=") {
			t.Errorf("%s: asked for %q", name, s.ranges)
		}
	}
}

// Without anything by which the server could tell, it starts over, and gives up in the end.
func TestStartsOver(t *testing.T) {
	for name, s := range map[string]*broken{"nothing": {}, "a weak ETag": {etag: `W/"v1"`}} {
		s.text, s.after = content(1<<20), 300_000
		to := newPlace(t)
		_, err := quick().File(t.Context(), serve(t, s)+"/file", to, 1<<20)
		if err == nil || !strings.Contains(err.Error(), "given up") {
			t.Errorf("%s: %v", name, err)
		}
		for _, r := range s.ranges {
			if r != "" {
				t.Errorf("%s: asked for %q", name, r)
			}
		}
	}
}

// Another process goes on with what is there; where the file was replaced meanwhile, nothing of the old one stays.
func TestGoesOnLater(t *testing.T) {
	for name, changed := range map[string]bool{"the same": false, "another": true} {
		s := &broken{text: content(1 << 20), etag: `"v1"`, after: 300_000}
		to, url := newPlace(t), serve(t, s)
		f := &fetch.Fetcher{Tries: 1}
		s.more = func(w http.ResponseWriter, r *http.Request) bool {
			if len(s.ranges) == 1 {
				return false
			}
			w.WriteHeader(http.StatusServiceUnavailable)
			return true
		}
		if _, err := f.File(t.Context(), url, to, 1<<20); err == nil {
			t.Fatal("not broken off")
		}
		s.more, s.after = nil, 0
		if changed {
			s.text, s.etag = strings.ToUpper(strings.ReplaceAll(s.text, " ", "x")), `"v2"`
		}
		n, err := f.File(t.Context(), url, to, 1<<20)
		if err != nil || to.content(t) != s.text || n != 1<<20 {
			t.Errorf("%s: %d bytes, %v; the right ones: %v", name, n, err, to.content(t) == s.text)
		}
		s.ranges = nil
		if n, err := f.File(t.Context(), url, to, 1<<20); err != nil || n != 1<<20 || s.ranges[0] != "bytes=1048576-" {
			t.Errorf("%s: once more: %d, %v, asked for %q", name, n, err, s.ranges)
		}
	}
}

// Servers that say one thing and do another.
func TestLies(t *testing.T) {
	for name, tt := range map[string]struct {
		more func(w http.ResponseWriter, r *http.Request)
		want string
	}{
		"compressed": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write([]byte{0x1f, 0x8b})
		}, "compressed"},
		"part not asked for": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Range", "bytes 0-9/10")
			w.WriteHeader(http.StatusPartialContent)
			_, _ = io.WriteString(w, "0123456789")
		}, "another part"},
		"says it is too big": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1001")
			_, _ = w.Write(make([]byte, 1001))
		}, "bigger"},
		"is too big": {func(w http.ResponseWriter, _ *http.Request) {
			for range 100 {
				_, _ = w.Write(make([]byte, 100))
				w.(http.Flusher).Flush()
			}
		}, "bigger"},
		"ends early": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "900")
			_, _ = w.Write(make([]byte, 100))
			panic(http.ErrAbortHandler)
		}, "given up after 3 tries"},
		"says nothing": {func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, "given up after 3 tries"},
		"not there":    {http.NotFound, "404 Not Found"},
		"a file of this host": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "file:///etc/passwd")
			w.WriteHeader(302)
		}, "leads to a file address"},
		"in circles": {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path, http.StatusFound) }, "number 10"},
		"fails":      {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }, "502 Bad Gateway"},
	} {
		asked := 0
		url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { asked++; tt.more(w, r) }))
		f := quick()
		if strings.HasPrefix(tt.want, "given up") { // the others answer, however long a busy machine takes to
			f.Patience = 100 * time.Millisecond
		}
		to := newPlace(t)
		_, err := f.File(t.Context(), url+"/file", to, 1000)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want words with %q", name, err, tt.want)
		}
		if n := len(to.content(t)); n > 1000 {
			t.Errorf("%s: %d bytes are on the disk", name, n)
		}
		if name == "not there" && asked != 1 {
			t.Errorf("%s: asked %d times", name, asked)
		}
	}
}

func TestTriesAgain(t *testing.T) {
	asked := 0
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if asked++; asked < 3 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		_, _ = io.WriteString(w, "hello")
	}))
	f, told := quick(), 0
	f.Retry = func(string, error, time.Duration) { told++ }
	if b, err := f.Bytes(t.Context(), url, 5); err != nil || string(b) != "hello" || told != 2 {
		t.Errorf("%q, %v; told of %d tries", b, err, told)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := f.Bytes(ctx, url, 5); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestStrictStaysInTLS(t *testing.T) {
	plain := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") }))
	tls := httptest.NewTLSServer(http.RedirectHandler(plain, http.StatusFound))
	defer tls.Close()
	if _, err := quick().Bytes(t.Context(), tls.URL, 10); err == nil || !strings.Contains(err.Error(), "certificate") || strings.Contains(err.Error(), "given up") {
		t.Errorf("a certificate that nobody knows: %v", err)
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "ca.pem")
	if err := os.WriteFile(file, certificate(tls), 0o600); err != nil {
		t.Fatal(err)
	}
	for address, want := range map[string]string{tls.URL: "hello <nil>", "ftp://example.org/": "expected http", "http://": "expected http", "http://u:secret@127.0.0.1:1/x": "u:xxxxx@"} {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "FETCH_CHILD="+address, "SSL_CERT_FILE="+file)
		if out, err := cmd.Output(); err != nil || !strings.Contains(string(out), want) || strings.Contains(string(out), "secret") {
			t.Errorf("%s: %q, %v", address, out, err)
		}
	}
}

// The environment says by which proxy to go.
func TestProxy(t *testing.T) {
	asked := ""
	proxy := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = r.URL.String()
		_, _ = io.WriteString(w, "by proxy")
	}))
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "FETCH_CHILD=http://mirror.invalid/file", "HTTP_PROXY="+proxy, "http_proxy=", "NO_PROXY=", "no_proxy=")
	out, err := cmd.Output()
	if err != nil || string(out) != "by proxy <nil>" || asked != "http://mirror.invalid/file" {
		t.Errorf("%q, %v; the proxy was asked for %q", out, err, asked)
	}
}

func TestProgress(t *testing.T) {
	var last, total int64
	f := quick()
	f.Progress = func(_ string, have, of int64) { last, total = have, of }
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", strconv.Itoa(1<<20))
		_, _ = w.Write(bytes.Repeat([]byte("x"), 1<<20))
	}))
	if _, err := f.File(t.Context(), url, newPlace(t), 1<<30); err != nil || last != 1<<20 || total != 1<<20 {
		t.Errorf("%d of %d, %v", last, total, err)
	}
}

func certificate(s *httptest.Server) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
}
