// SPDX-License-Identifier: Apache-2.0

package netif

import (
	"net/netip"
	"strings"
	"testing"
)

func TestPublicAddress(t *testing.T) {
	for _, tc := range []struct {
		what, addrs, local, remote, want string
	}{
		{"nothing is configured", "", "10.0.0.2", "10.0.0.9", "10.0.0.2"},
		{"the virtual address was asked", "10.0.0.100", "10.0.0.100", "10.0.0.9", "10.0.0.100"},
		{"the virtual address of the network", "10.1.0.100 10.0.0.100", "10.0.0.2", "10.0.0.9", "10.0.0.100"},
		{"behind NAT", "192.0.2.1", "172.17.0.2", "10.0.0.9", "192.0.2.1"},
		{"behind NAT, asked from beside", "192.0.2.1", "172.17.0.2", "172.17.0.9", "172.17.0.2"},
		{"other family", "192.0.2.1", "fd00::1", "fd00:1::9", "fd00::1"},
		{"loopback", "192.0.2.1", "127.0.0.1", "127.0.0.1", "127.0.0.1"},
	} {
		h := &Host{Interfaces: func() ([]Interface, error) {
			return []Interface{eth("eth0", 2, "10.0.0.2/24", "172.17.0.2/16", "fd00::1/64")}, nil
		}}
		for a := range strings.FieldsSeq(tc.addrs) {
			h.Addresses = append(h.Addresses, netip.MustParseAddr(a))
		}
		if got := h.Public(netip.MustParseAddr(tc.local), netip.MustParseAddr(tc.remote)); got != netip.MustParseAddr(tc.want) {
			t.Errorf("%s: %v, want %s", tc.what, got, tc.want)
		}
	}
}
