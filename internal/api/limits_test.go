// SPDX-License-Identifier: Apache-2.0

package api

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"
)

// raw sends bytes and gives the first line of the answer.
func raw(t *testing.T, path, text string) (string, error) {
	t.Helper()
	c, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(time.Minute))
	go func() { _, _ = io.WriteString(c, text) }()
	return bufio.NewReader(c).ReadString('\n')
}

func TestWhatIsTooMuchIsRefused(t *testing.T) {
	_, path, _ := newSite(t).serve(t)
	for name, tc := range map[string]struct{ text, want string }{
		"a flood of headers": {"GET /api/v1/machines HTTP/1.1\r\nHost: x\r\n" + strings.Repeat("X-A: "+strings.Repeat("a", 100)+"\r\n", 1000) + "\r\n", "HTTP/1.1 431 "},
		"a header of 1 MB":   {"GET /api/v1/machines HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("a", 1<<20) + "\r\n\r\n", "HTTP/1.1 431 "},
		"a body of 100 MB":   {"POST /api/v1/machines/node1/next HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000\r\n\r\n{\"profile\":\"" + strings.Repeat("a", 1<<20), "HTTP/1.1 413 "},
		"an endless body":    {"POST /api/v1/machines/node1/next HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n100000\r\n" + strings.Repeat(" ", 0x100000), "HTTP/1.1 413 "},
		"no HTTP":            {"\x16\x03\x01\x02\x00\r\n\r\n", "HTTP/1.1 400 "},
		"a path of its own":  {"GET /etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 404 "},
		"a proxy's question": {"CONNECT 192.0.2.1:22 HTTP/1.1\r\nHost: 192.0.2.1:22\r\n\r\n", "HTTP/1.1 404 "},
		"another verb":       {"DELETE /api/v1/machines/node1 HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 405 "},
		"a name of 100 kB":   {"GET /api/v1/machines/" + strings.Repeat("a", 100<<10) + " HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 431 "},
	} {
		if got, err := raw(t, path, tc.text); err != nil || !strings.HasPrefix(got, tc.want) {
			t.Errorf("%s: %q, %v; want %s", name, got, err, tc.want)
		}
	}
}

// TestASlowClientIsLetGo: who does not finish its header keeps its connection for seconds only.
func TestASlowClientIsLetGo(t *testing.T) {
	if testing.Short() {
		t.Skip("takes as long as a header may")
	}
	t.Parallel()
	c, path, _ := newSite(t).serve(t)
	slow, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer slow.Close()
	began := time.Now()
	_, _ = io.WriteString(slow, "GET /api/v1/machines HTTP/1.1\r\nHost:")
	if _, err := c.List(t.Context(), Query{}); err != nil {
		t.Errorf("others go on: %v", err)
	}
	_ = slow.SetReadDeadline(began.Add(4 * headerTimeout))
	_, err = io.Copy(io.Discard, slow)
	var late net.Error
	if errors.As(err, &late) && late.Timeout() || time.Since(began) < headerTimeout/2 {
		t.Errorf("after %v: %v", time.Since(began), err)
	}
}

// TestManyIdleConnections take neither memory nor the way of who asks something, once those before are let go.
func TestManyIdleConnections(t *testing.T) {
	if testing.Short() {
		t.Skip("takes as long as a header may")
	}
	t.Parallel()
	c, path, _ := newSite(t).serve(t)
	before := runtime.NumGoroutine()
	for range mostClients {
		idle, err := net.Dial("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		defer idle.Close()
	}
	if _, err := c.List(t.Context(), Query{}); err != nil {
		t.Error(err)
	}
	if n := runtime.NumGoroutine() - before; n > mostClients+20 {
		t.Errorf("%d goroutines more", n)
	}
}

// TestAnAnswerOfSomethingElse is no answer of ours.
func TestAnAnswerOfSomethingElse(t *testing.T) {
	for name, tc := range map[string]struct {
		handler http.HandlerFunc
		want    string
	}{
		"a web server":         {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "\x1b[2J<h1>nginx", 404) }, "the server answers 404 Not Found: is it a bootlace?"},
		"a login page":         {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") }, "invalid character"},
		"a redirect to itself": {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path, http.StatusFound) }, "the server answers 302 Found: is it a bootlace?"},
		"a hostile problem": {func(w http.ResponseWriter, _ *http.Request) {
			problem(409, "\x1b]0;x\x07\u202e"+strings.Repeat("y", 5000)).ServeHTTP(w, nil)
		}, "?]0;x??yyy"},
	} {
		srv := httptest.NewServer(tc.handler)
		c, err := Dial(srv.URL+"/", Login{})
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.Machine(t.Context(), "node1")
		if err == nil || !strings.Contains(err.Error(), tc.want) || strings.ContainsAny(err.Error(), "\x1b\x07") || len(err.Error()) > 4*longestMessage {
			t.Errorf("%s: %v", name, err)
		}
		srv.Close()
	}
}

func TestDial(t *testing.T) {
	for _, server := range []string{"", "node1", "unix://host/path", "unix://", "ftp://x", "http://", "192.0.2.1:80", ":", "unix:x"} {
		if _, err := Dial(server, Login{}); err == nil || !strings.Contains(err.Error(), "expected https://HOST:PORT, http://HOST:PORT or unix:///PATH") {
			t.Errorf("%q: %v", server, err)
		}
	}
	c, err := Dial("unix:///nowhere/api.sock", Login{})
	if err != nil {
		t.Fatal(err)
	}
	var gone *UnreachableError
	if _, err := c.List(t.Context(), Query{}); !errors.As(err, &gone) || strings.Contains(err.Error(), "http://") {
		t.Errorf("%v", err)
	}
}
