// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/bootlace-net/bootlace/internal/netif"
)

func TestTroubleWithInterfaces(t *testing.T) {
	four, six := netip.MustParsePrefix("10.0.0.1/24"), netip.MustParsePrefix("fd00::1/64")
	for _, tc := range []struct {
		nic  netif.Interface
		want string
	}{
		{netif.Interface{Name: "eth0", Up: true, Prefixes: []netip.Prefix{six, four}}, ""},
		{netif.Interface{Name: "eth0", Prefixes: []netip.Prefix{four}}, "ip link set eth0 up"},
		{netif.Interface{Name: "eth0", Up: true, Prefixes: []netip.Prefix{six}}, "ip address add ADDRESS/BITS dev eth0"},
	} {
		if got := troubleWith(tc.nic); (got == "") != (tc.want == "") || !strings.Contains(got, tc.want) {
			t.Errorf("%v: %q, want %q in it", tc.nic, got, tc.want)
		}
	}
}
