// SPDX-License-Identifier: Apache-2.0

package httpd

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bootlace-net/bootlace/boot"
)

// shelf is an Opener over a map.
type shelf map[string]string

func (s shelf) Open(_ context.Context, r *Request) (boot.File, error) {
	r.Plan, r.By = boot.Plan{Client: boot.Client{Serial: "S1"}, Host: &boot.Host{Name: "node1"}, Profile: &boot.Profile{Entry: boot.Entry{Name: "debian"}}}, "dhcp"
	switch r.Name {
	case "/broken":
		return nil, errors.New("template secret.tmpl: no such variable")
	case "/../etc/passwd":
		return nil, fs.ErrPermission
	}
	body, ok := s[strings.TrimLeft(r.Name, "/")]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return boot.NewMemFile([]byte(body), time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)), nil
}

// witness hands on what is asked for.
type witness struct {
	Opener
	asked chan<- Request
}

func (w witness) Open(ctx context.Context, r *Request) (boot.File, error) {
	w.asked <- *r
	return w.Opener.Open(ctx, r)
}

func TestTree(t *testing.T) {
	srv := &Server{Tree: shelf{"ipxe.efi": "0123456789", "a b.iso": "iso", "boot.ipxe": "#!ipxe\n"}}
	for _, tc := range []struct {
		name, method, path, rng string
		status                  int
		body                    string
		header                  map[string]string
	}{
		{"get", "GET", "/ipxe.efi", "", 200, "0123456789", map[string]string{"Content-Length": "10", "Content-Type": "application/efi"}},
		{"head tells the size without a body", "HEAD", "/ipxe.efi", "", 200, "", map[string]string{"Content-Length": "10", "Accept-Ranges": "bytes"}},
		{"range", "GET", "/ipxe.efi", "bytes=2-4", 206, "234", map[string]string{"Content-Range": "bytes 2-4/10", "Content-Length": "3"}},
		{"range to the end", "GET", "/ipxe.efi", "bytes=8-", 206, "89", map[string]string{"Content-Range": "bytes 8-9/10"}},
		{"range past the end", "GET", "/ipxe.efi", "bytes=10-", 416, "", nil},
		{"escaped name", "GET", "/a%20b.iso", "", 200, "iso", map[string]string{"Content-Type": "application/vnd.efi-iso"}},
		{"doubled slashes are not redirected", "GET", "//boot.ipxe", "", 200, "#!ipxe\n", map[string]string{"Content-Type": "text/plain; charset=utf-8"}},
		{"missing", "GET", "/nothing", "", 404, "not found\n", nil},
		{"outside", "GET", "/%2e%2e/etc/passwd", "", 404, "not found\n", nil},
		{"an error does not tell its text", "GET", "/broken", "", 500, "the file could not be made: the server's log says why\n", nil},
		{"write", "PUT", "/ipxe.efi", "", 405, "method not allowed\n", map[string]string{"Allow": "GET, HEAD, POST"}},
		{"post gets the file", "POST", "/ipxe.efi", "", 200, "0123456789", map[string]string{"Content-Length": "10"}},
		{"no metrics without a gatherer", "GET", "/metrics", "", 404, "not found\n", nil},
		{"healthy", "GET", "/healthz", "", 200, "ok\n", nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := httptest.NewRequest(tc.method, "http://192.0.2.1"+tc.path, nil)
			if tc.rng != "" {
				r.Header.Set("Range", tc.rng)
			}
			w := httptest.NewRecorder()
			srv.Handler().ServeHTTP(w, r)
			if w.Code != tc.status {
				t.Errorf("status %d, want %d", w.Code, tc.status)
			}
			if diff := cmp.Diff(tc.body, w.Body.String()); tc.status != 416 && diff != "" {
				t.Errorf("body (-want +got):\n%s", diff)
			}
			for k, v := range tc.header {
				if got := w.Header().Get(k); got != v {
					t.Errorf("%s: %q, want %q", k, got, v)
				}
			}
		})
	}
}

func TestETagRevalidates(t *testing.T) {
	h := (&Server{Tree: shelf{"x": "same"}}).Handler()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "/x", nil))
	r := httptest.NewRequest("GET", "/x", nil)
	r.Header.Set("If-None-Match", w.Header().Get("ETag"))
	again := httptest.NewRecorder()
	h.ServeHTTP(again, r)
	if again.Code != http.StatusNotModified {
		t.Errorf("status %d with the ETag of the same bytes, want 304", again.Code)
	}
}

func TestHealthAndMetrics(t *testing.T) {
	numbers := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "bootlace_test_total 1") })
	h := (&Server{Tree: shelf{}, Metrics: numbers, Health: func() error { return errors.New("no catalog") }}).Handler()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "/healthz", nil))
	if w.Code != http.StatusServiceUnavailable || w.Body.String() != "no catalog\n" {
		t.Errorf("unhealthy: %d %q", w.Code, w.Body)
	}
	w = httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	if !strings.Contains(w.Body.String(), "bootlace_test_total 1") {
		t.Errorf("metrics: %q", w.Body)
	}
}

func TestServe(t *testing.T) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	events := make(chan boot.Event, 1)
	asked := make(chan Request, 1)
	srv := &Server{Tree: witness{shelf{"k": "kernel"}, asked}, Events: func(e boot.Event) { events <- e }}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- srv.Serve(ctx, l) }()

	resp, err := http.Get("http://" + l.Addr().String() + "/k")
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if string(body) != "kernel" {
		t.Errorf("body %q", body)
	}
	e := <-events
	if got := e.Transfer; got.Name != "/k" || got.Status != 200 || got.Bytes != 6 || got.Size != 6 || !got.Remote.IsValid() {
		t.Errorf("event %+v", got)
	}
	if r := <-asked; r.Name != "/k" || r.Local.String() != l.Addr().String() || r.Remote != e.Transfer.Remote {
		t.Errorf("request %+v", r)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("after cancellation: %v", err)
	}
	if _, err := net.DialTimeout("tcp4", l.Addr().String(), time.Second); err == nil {
		t.Error("the listener is still open")
	}
}

// TestEvents: each request is told of once, with who asked and how it ended.
func TestEvents(t *testing.T) {
	var told []boot.Event
	h := (&Server{Tree: shelf{"k": "kernel"}, Events: func(e boot.Event) { told = append(told, e) }}).Handler()
	for _, tc := range []struct {
		method, path string
		level        boot.Level
		outcome      string
		status       int
		bytes, size  int64
		good         bool
		detail       string
	}{
		{"GET", "/k", boot.LevelInfo, "complete", 200, 6, 6, true, ""},
		{"HEAD", "/k", boot.LevelInfo, "complete", 200, 0, 6, true, ""},
		{"GET", "/revocations.efi", boot.LevelInfo, boot.NotThere, 404, 10, -1, true, ""},
		{"GET", "/none", boot.LevelWarn, "not found", 404, 10, -1, false, "file does not exist"},
		{"GET", "/broken", boot.LevelError, "internal server error", 500, 54, -1, false, "template secret.tmpl: no such variable"},
		{"PUT", "/k", boot.LevelWarn, "method not allowed", 405, 19, -1, false, ""},
	} {
		told = nil
		r := httptest.NewRequest(tc.method, "http://192.0.2.1"+tc.path, nil)
		r.Header.Set("User-Agent", "iPXE/2.0")
		h.ServeHTTP(httptest.NewRecorder(), r)
		if len(told) != 1 {
			t.Fatalf("%s %s: %d events", tc.method, tc.path, len(told))
		}
		e, x := told[0], told[0].Transfer
		if e.Kind != boot.EventFile || e.Level != tc.level || e.Text != tc.path || e.Detail != tc.detail {
			t.Errorf("%s %s: %+v", tc.method, tc.path, e)
		}
		if x.Protocol != boot.HTTP || x.Outcome != tc.outcome || x.Status != tc.status || x.Bytes != tc.bytes || x.Size != tc.size || x.Good != tc.good ||
			x.Method != tc.method || x.Agent != "iPXE/2.0" {
			t.Errorf("%s %s: %+v", tc.method, tc.path, x)
		}
		if asked := tc.method != "PUT"; asked && (e.Client.Serial != "S1" || e.Host != "node1" || e.Profile != "debian" || x.By != "dhcp") {
			t.Errorf("%s %s: who asked is lost: %+v", tc.method, tc.path, e)
		}
	}
}

// TestWhole: who asks is told of when the client has been sent all of the file, and of nothing less.
func TestWhole(t *testing.T) {
	whole := 0
	srv := &Server{Tree: opener(func(r *Request) (boot.File, error) {
		r.Whole = func() { whole++ }
		return shelf{"a": "0123456789", "empty": ""}.Open(t.Context(), r)
	})}
	for _, tt := range []struct {
		method, path, rng string
		want              int
	}{
		{"GET", "/a", "", 1}, {"HEAD", "/a", "", 0}, {"GET", "/a", "bytes=0-4", 0}, {"GET", "/nothing", "", 0}, {"GET", "/empty", "", 0},
	} {
		whole = 0
		r := httptest.NewRequest(tt.method, tt.path, nil)
		if tt.rng != "" {
			r.Header.Set("Range", tt.rng)
		}
		srv.Handler().ServeHTTP(httptest.NewRecorder(), r)
		if whole != tt.want {
			t.Errorf("%s %s %s: told %d times", tt.method, tt.path, tt.rng, whole)
		}
	}
}

// opener is an Opener that is a function.
type opener func(*Request) (boot.File, error)

// Open follows Opener.
func (f opener) Open(_ context.Context, r *Request) (boot.File, error) { return f(r) }
