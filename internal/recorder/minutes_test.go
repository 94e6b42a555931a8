// SPDX-License-Identifier: Apache-2.0

package recorder

import (
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/boot"
)

// TestMinutesAreBounded: of more machines than there is room for those are known that had a line lately, whenever they had their
// first.
func TestMinutesAreBounded(t *testing.T) {
	m := &minutes{}
	now := time.Unix(1e9, 0)
	often := boot.MAC{2, 0xff}
	for i := range 3 * machinesRemembered {
		m.line(boot.MAC{2, 0, 0, byte(i >> 16), byte(i >> 8), byte(i)}, now)
		if i%1000 == 0 {
			if ok, _ := m.line(often, now); ok != (i/1000 < linesPerMinute) {
				t.Fatalf("line %d of a machine: %v", i/1000+1, ok)
			}
		}
	}
	if n := len(m.young) + len(m.old); n > machinesRemembered || n < machinesRemembered/2 {
		t.Errorf("%d machines are known", n)
	}
	if ok, omitted := m.line(often, now.Add(time.Minute+1)); !ok || omitted != 3*machinesRemembered/1000+1-linesPerMinute {
		t.Errorf("a minute later: %v, %d lines were left out", ok, omitted)
	}
}
