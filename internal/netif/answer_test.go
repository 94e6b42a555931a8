// SPDX-License-Identifier: Apache-2.0

package netif

import (
	"net/netip"
	"testing"
)

// TestAddressToAnswerFrom: an interface may have several addresses, and the configuration may prefer one.
func TestAddressToAnswerFrom(t *testing.T) {
	var nic Interface
	for _, p := range []string{"10.77.0.2/24", "10.77.0.9/24", "192.168.7.2/24", "fe80::2/64", "fd77::2/64"} {
		nic.Prefixes = append(nic.Prefixes, netip.MustParsePrefix(p))
	}
	addr := func(s string) netip.Addr {
		if s == "" {
			return netip.Addr{}
		}
		return netip.MustParseAddr(s)
	}
	for _, tt := range []struct {
		name, asked, peer, preferred string
		six                          bool
		want                         string
	}{
		{"the first", "", "0.0.0.0", "", false, "10.77.0.2"},
		{"the one that was asked", "10.77.0.9", "10.77.0.100", "", false, "10.77.0.9"},
		{"the one in the peer's network", "", "192.168.7.50", "", false, "192.168.7.2"},
		{"the preferred one in that network", "", "10.77.0.100", "10.77.0.9", false, "10.77.0.9"},
		{"the preferred one, though it is not ours: a router has it", "", "0.0.0.0", "10.77.0.50", false, "10.77.0.50"},
		{"what was asked before what is preferred", "10.77.0.2", "10.77.0.100", "10.77.0.9", false, "10.77.0.2"},
		{"not what is preferred for another network", "", "192.168.7.50", "10.77.0.9", false, "192.168.7.2"},
		{"a global address goes into URLs", "", "fe80::5054:ff:fe12:3456%2", "", true, "fd77::2"},
		{"none", "", "", "", true, "fd77::2"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := &Host{}
			if tt.preferred != "" {
				h.Addresses = []netip.Addr{addr(tt.preferred)}
			}
			if got, _ := h.AnswerFrom(&nic, addr(tt.asked), addr(tt.peer), tt.six); got.String() != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
	if got, _ := (&Host{}).AnswerFrom(&Interface{}, netip.Addr{}, netip.Addr{}, false); got.IsValid() {
		t.Errorf("an interface without addresses answers from %s", got)
	}
}
