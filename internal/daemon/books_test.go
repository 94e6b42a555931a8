// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/internal/api"
	"github.com/bootlace-net/bootlace/internal/site"
)

// TestServeBooks: what a running appliance tells of its configuration, of one that it refused too, and of its numbers; and none of it on the
// machines' port.
func TestServeBooks(t *testing.T) {
	a := serve(t, onLoopback, map[string]string{"hosts/a.yaml": "hosts:\n  - {name: node7, match: {mac: '52:54:00:00:00:07'}, profile: local}\n", "profiles/local.yaml": "kernel: vmlinuz-7\n"})
	tr := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", filepath.Join(a.state, "api.sock"))
	}}
	t.Cleanup(tr.CloseIdleConnections)
	get := func(path string) (int, string) {
		resp, err := (&http.Client{Transport: tr}).Get("http://localhost" + api.Prefix + path)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		b, _ := io.ReadAll(resp.Body)
		return resp.StatusCode, string(b)
	}
	findings := func() (f site.Findings) {
		_, text := get("/findings")
		if err := json.Unmarshal([]byte(text), &f); err != nil {
			t.Fatal(err, text)
		}
		return f
	}
	for path, want := range map[string]string{"/machines/node7/plan": `"profile":"local"`, "/machines/node7/files": `"path":"boot.ipxe"`, "/machines/node7/files/boot.ipxe": "#!ipxe",
		"/profiles": `"name":"local"`, "/throughput": `"minutes":[]`, "/metrics": "bootlace_config_hosts 1", "/network": `"rivals":[]`} {
		if code, text := get(path); code != http.StatusOK || !strings.Contains(text, want) {
			t.Errorf("%s: %d %s", path, code, text)
		}
	}
	for _, path := range []string{"/machines", "/events", "/findings", "/machines/node7/files/boot.ipxe", "/metrics"} {
		resp, err := http.Get("http://" + a.http + api.Prefix + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusNotFound {
			t.Errorf("machines' port: %s: %d", path, resp.StatusCode)
		}
	}
	if f := findings(); len(f.Errors) != 1 || !strings.Contains(f.Errors[0].What, "vmlinuz-7") {
		t.Errorf("an image that is missing: %+v", f)
	}
	if err := os.WriteFile(filepath.Join(a.dir, "hosts", "b.yaml"), []byte("hosts: [{nam: x}]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 600 {
		if f := findings(); len(f.Errors) > 0 && strings.HasSuffix(f.Errors[0].File, "b.yaml") {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Errorf("a configuration that is refused is not told of: %+v", findings())
}
