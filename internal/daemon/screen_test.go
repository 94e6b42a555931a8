// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"context"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
)

// TestServeScreen: whoever may ask the socket sees the machines of the configuration in a browser, and the machines' port has no screen.
func TestServeScreen(t *testing.T) {
	a := serve(t, onLoopback, map[string]string{"hosts/a.yaml": "hosts:\n  - {name: node7, match: {mac: '52:54:00:00:00:07'}, profile: local}\n", "profiles/local.yaml": "kernel: linux\n"})
	tr := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", filepath.Join(a.state, "api.sock"))
	}}
	t.Cleanup(tr.CloseIdleConnections)
	resp, err := (&http.Client{Transport: tr}).Get("http://localhost/")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK || !strings.Contains(string(b), "href=m/node7>") {
		t.Errorf("%d %s %v", resp.StatusCode, b, err)
	}
}
