// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"testing"
	"testing/fstest"

	"github.com/bootlace-net/bootlace/configs"
	"github.com/bootlace-net/bootlace/dhcpproxy"
)

// TestStrategies: configuration takes every strategy that offers can have, and no other.
func TestStrategies(t *testing.T) {
	for _, name := range append(dhcpproxy.StrategyNames(), "none-such") {
		_, problems := configs.Check(fstest.MapFS{"hosts/h.yaml": {Data: fmt.Appendf(nil,
			"groups: [{name: g, firmware: {strategy: %s}}]", name)}}, "")
		if _, err := dhcpproxy.ParseStrategy(name); (err == nil) != (len(problems) == 0) {
			t.Errorf("%s: offers say %v, configuration says %v", name, err, problems)
		}
	}
}
