// SPDX-License-Identifier: Apache-2.0

package api

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/internal/logins"
)

// TestTenThousandIdleConnections of one address take its share, and nobody else's: another one is answered at once.
func TestTenThousandIdleConnections(t *testing.T) {
	s := newSite(t)
	s.admit = func(*http.Request) (Caller, error) { return Caller{"token ci", logins.Read}, nil }
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.serveOn(t, l, "/nowhere")
	before := runtime.NumGoroutine()
	for range 10000 {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
	}
	other := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2)}}
	began := time.Now()
	c, err := other.DialContext(t.Context(), "tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_, _ = io.WriteString(c, "GET /api/v1/machines HTTP/1.0\r\n\r\n")
	line, err := bufio.NewReader(c).ReadString('\n')
	if err != nil || !strings.Contains(line, " 200 ") {
		t.Errorf("another address after %v: %q, %v", time.Since(began), line, err)
	}
	if n := runtime.NumGoroutine() - before; n > mostOfOne+20 {
		t.Errorf("%d goroutines more", n)
	}
}

// TestSharesAreGivenBack when connections end, each once.
func TestSharesAreGivenBack(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	s := shared(l)
	for range 3 * mostOfOne {
		client, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		c, err := s.Accept()
		if err != nil {
			t.Fatal(err)
		}
		_, _, _ = c.Close(), c.Close(), client.Close()
	}
	if len(s.have) != 0 {
		t.Errorf("%v", s.have)
	}
	for a, want := range map[string]string{"192.0.2.1": "192.0.2.1/32", "2001:db8::1": "2001:db8::/64", "::ffff:192.0.2.1": "192.0.2.1/32", "fe80::1%lo": "fe80::/64"} {
		if got := shareOf(net.TCPAddrFromAddrPort(netip.AddrPortFrom(addr(a), 1))); got.String() != want {
			t.Errorf("%s: %v, want %s", a, got, want)
		}
	}
}

// TestACallerThatAsksTooMuch waits; another one does not.
func TestACallerThatAsksTooMuch(t *testing.T) {
	door := logins.NewDoor()
	book := &logins.Book{}
	secrets := map[string]string{}
	for _, name := range []string{"busy", "calm"} {
		secret, digest := logins.NewToken()
		secrets[name] = secret
		book.Tokens = append(book.Tokens, logins.Token{Name: name, Role: logins.Read, Digest: digest, Expires: time.Now().Add(time.Hour)})
	}
	door.Use(book)
	h := newSite(t).Handler(ByLogin(func() Door { return door }))
	ask := func(name string) *httptest.ResponseRecorder {
		r, w := httptest.NewRequest(http.MethodGet, Prefix+"/waiting", nil), httptest.NewRecorder()
		r.Header.Set("Authorization", "Bearer "+secrets[name])
		h.ServeHTTP(w, r)
		return w
	}
	refused := 0
	for range 20 * asksAtOnce {
		if w := ask("busy"); w.Code == http.StatusTooManyRequests && w.Header().Get("Retry-After") != "" {
			refused++
		} else if w.Code != http.StatusOK {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	}
	if refused == 0 {
		t.Errorf("%d requests at once were answered", 20*asksAtOnce)
	}
	if w := ask("calm"); w.Code != http.StatusOK {
		t.Errorf("another caller: %d", w.Code)
	}
}
