// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/boot"
)

// TestLooping: who asks about a machine gets the same verdict as its next packet.
func TestLooping(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	limits := Limits{Returns: 2, Within: time.Hour}
	boots := func(n int) boot.Boots { return boot.Boots{Since: now.Add(-time.Minute), Count: n} }
	for _, tc := range []struct {
		name    string
		history boot.History
		within  time.Duration // since the first boot
		want    int
	}{
		{"new", boot.History{}, 0, 0},
		{"as often as it may", boot.History{ROM: boots(2), IPXE: boots(8)}, 0, 0},
		{"its ROM too often", boot.History{ROM: boots(3)}, 0, 3},
		{"over IPv6", boot.History{ROM6: boots(4)}, 0, 4},
		{"its iPXE too often", boot.History{ROM: boots(2), IPXE: boots(9)}, 0, 9},
		{"long ago", boot.History{ROM: boots(3)}, time.Hour, 0},
		{"released", func() (h boot.History) { h.ROM = boots(3); h.Arrived(); return h }(), 0, 0},
	} {
		if got := limits.Looping(&tc.history, now.Add(tc.within)); got != tc.want {
			t.Errorf("%s: %d, want %d", tc.name, got, tc.want)
		}
	}
	if got := (&Limits{Within: time.Hour}).Looping(&boot.History{ROM: boots(99)}, now); got != 0 {
		t.Errorf("where no loop is looked for: %d", got)
	}
}
