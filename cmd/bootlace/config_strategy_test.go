// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"testing"
	"testing/fstest"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/configs"
)

// TestStrategies: configuration takes every strategy that offers can have, and no other.
func TestStrategies(t *testing.T) {
	names := []string{"none-such"}
	for _, s := range boot.Strategies() {
		names = append(names, s.String())
	}
	for _, name := range names {
		spec := configs.Directory(fstest.MapFS{"hosts/h.yaml": {Data: fmt.Appendf(nil,
			"groups: [{name: g, firmware: {strategy: %s}}]", name)}}, "")
		if _, err := boot.ParseStrategy(name); (err == nil) != (len(spec.Problems) == 0) {
			t.Errorf("%s: offers say %v, configuration says %v", name, err, spec.Problems)
		}
	}
}
