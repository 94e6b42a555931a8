// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"net/netip"
	"testing"

	"github.com/bootlace-net/bootlace/internal/netif"
)

// TestGate: a request needs an interface that is served and a network that may ask.
func TestGate(t *testing.T) {
	host := &netif.Host{Served: []string{"eth0"}, Interfaces: func() ([]netif.Interface, error) {
		return []netif.Interface{
			{Index: 2, Name: "eth0", Up: true, Prefixes: []netip.Prefix{netip.MustParsePrefix("10.0.0.2/24")}},
			{Index: 3, Name: "eth1", Up: true, Prefixes: []netip.Prefix{netip.MustParsePrefix("10.1.0.2/24")}},
		}, nil
	}}
	for _, tt := range []struct {
		allow, local, remote string
		want                 bool
	}{
		{"", "10.0.0.2", "192.0.2.7", true},
		{"", "::ffff:10.0.0.2", "192.0.2.7", true},
		{"", "10.1.0.2", "192.0.2.7", false},
		{"192.0.2.0/24", "10.0.0.2", "::ffff:192.0.2.7", true},
		{"192.0.2.0/24", "10.0.0.2", "198.51.100.7", false},
		{"fe80::/10", "10.0.0.2", "fe80::7%eth0", true},
		{"192.0.2.0/24", "10.1.0.2", "192.0.2.7", false},
	} {
		g := &admission{host: host}
		if tt.allow != "" {
			g.allow = []netip.Prefix{netip.MustParsePrefix(tt.allow)}
		}
		if got := g.admits(addr(tt.local), addr(tt.remote)); got != tt.want {
			t.Errorf("%+v: %v", tt, got)
		}
	}
}
