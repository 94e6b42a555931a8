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

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/api"
	"github.com/bootlace-net/bootlace/internal/machines"
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

// TestRivalsAreTheNetworks: a server that gets into the way stands in the story of the machine that showed it, and in that of the network.
func TestRivalsAreTheNetworks(t *testing.T) {
	m := machines.New(machines.Options{})
	mac := boot.MAC{0x52, 0x54, 0, 0, 0, 1}
	told{m, &api.News{}}.Note(boot.Event{Kind: boot.EventNetwork, Client: boot.Client{MAC: mac}, Text: "another ProxyDHCP server", Network: &boot.Network{Rival: "proxy"}})
	if its, all := m.Story(mac), m.Story(boot.MAC{}); len(its) != 1 || len(all) != 1 || all[0].Network.Rival != "proxy" || !all[0].Client.Key().IsZero() {
		t.Errorf("%+v and %+v", its, all)
	}
}
