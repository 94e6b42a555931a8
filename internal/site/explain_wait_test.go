// SPDX-License-Identifier: Apache-2.0

package site

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/bootlace-net/bootlace/boot"
)

// TestExplainOfAMachineThatWaits: what it gets meanwhile, and which rules would decide.
func TestExplainOfAMachineThatWaits(t *testing.T) {
	s := siteOf(t, map[string]string{
		"bootlace.yaml":   "unknown: wait\n",
		"profiles/p.yaml": "local: true\n",
		"hosts/h.yaml":    "adopt:\n  - {name: r, match: {mac: '52:54:*'}, profile: p, limit: 3, until: 2099-12-31}\n  - {name: other, match: {mac: '52:55:*'}, profile: p, limit: 3}\n",
	}, nil)
	x := s.Explain(boot.Client{MAC: boot.MAC{0x52, 0x54, 0, 0, 0, 9}}, netip.Addr{}, Reported{})
	rules := slices.DeleteFunc(x.Notes, func(n string) bool { return !strings.HasPrefix(n, "adopt rule ") })
	if x.Action != "wait" || len(rules) != 1 || !strings.HasSuffix(rules[0], "hosts/h.yaml:2:5) makes a host of it while less than 3 are, until 2099-12-31 00:00:00 UTC") {
		t.Errorf("%s, %q", x.Action, rules)
	}
	if len(x.Files) == 0 || x.Offer == nil || len(x.Offer.Offer) == 0 {
		t.Errorf("nothing is offered: %+v, %+v", x.Offer, x.Files)
	}
}
