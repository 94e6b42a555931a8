// SPDX-License-Identifier: Apache-2.0

package site

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/bootlace-net/bootlace/boot"
)

// A relayed request tells the relay's address, which dhcp.allow is about.
func TestExplainOfARelayedMachine(t *testing.T) {
	s := siteOf(t, map[string]string{
		"bootlace.yaml":   "unknown: menu\ndhcp: {allow: [10.0.7.0/24]}\n",
		"profiles/p.yaml": "local: true\n",
		"hosts/h.yaml": "hosts:\n  - {name: near, match: {relay: 10.0.7.1, circuit: port1}, profile: p}\n" +
			"  - {name: far, match: {relay: 10.0.8.1, circuit: port1}, profile: p}\n",
	}, nil)
	for host, answered := range map[string]bool{"near": true, "far": false} {
		c := s.Catalog.Host(host).Match.Example()
		x := s.Explain(c, netip.Addr{})
		if x.Host != host || x.Offer == nil || (len(x.Offer.Offer) > 0) != answered {
			t.Errorf("%s: %+v %+v, want an offer: %v", host, x, x.Offer, answered)
		}
		relayed := slices.ContainsFunc(x.Offer.Offer, func(l string) bool { return strings.Contains(l, "giaddr "+c.Relay.String()) })
		if relayed != answered {
			t.Errorf("%s: the offer does not go to the relay: %q", host, x.Offer.Offer)
		}
	}
	anywhere := s.Explain(boot.Client{MAC: boot.MAC{2, 0, 0, 0, 0, 1}}, netip.Addr{})
	if anywhere.Offer == nil || len(anywhere.Offer.Offer) == 0 {
		t.Errorf("a machine of which nobody said where it is: %+v", anywhere.Offer)
	}
}
