// SPDX-License-Identifier: Apache-2.0

package screen

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bootlace-net/bootlace/internal/api"
)

// TestSocket: by ssh -L to the Unix socket the screen needs no login, and a page of elsewhere whose name leads here gets nothing.
func TestSocket(t *testing.T) {
	s := newSite(t, 0)
	dir, err := os.MkdirTemp("", "screen")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	path := filepath.Join(dir, "api.sock")
	l, err := api.Listen(path, api.Owner{UID: -1, GID: -1})
	if err != nil {
		t.Fatal(err)
	}
	s.run(t, l, api.BySocket(nil))
	tr := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", path)
	}}
	t.Cleanup(tr.CloseIdleConnections)
	u := &user{t, s, &http.Client{Transport: tr, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	for host, want := range map[string]int{"localhost:8080": 200, "127.0.0.1:8080": 200, "[::1]:8080": 200, "evil.example": 403, "localhost.evil.example:8080": 403} {
		s.url = "http://" + host
		if status, body := u.get("/m/node1"); status != want || want == 403 && strings.Contains(body, "52:54") {
			t.Errorf("%s: %d %s", host, status, body)
		}
	}
	s.url = "http://localhost"
	if status, _ := u.post("/m/node1/hold", url.Values{"form": {"none"}}); status != http.StatusForbidden {
		t.Errorf("a form without a token: %d", status)
	}
	if status, to := u.post("/m/node1/hold", url.Values{"form": {u.form("/m/node1/hold")}}); status != http.StatusSeeOther {
		t.Errorf("hold: %d %s", status, to)
	}
	if status, _ := u.post("/login", url.Values{"name": {"read"}, "password": {password}}); status != http.StatusNotFound {
		t.Errorf("a login by the socket: %d", status)
	}
}
