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
	rom, ipxe := boot.WayOf(&boot.Client{}, false), boot.WayOf(&boot.Client{Stage: boot.StageIPXE}, true)
	ways := func(pairs ...any) (h boot.History) {
		for i := 0; i < len(pairs); i += 2 {
			h.Boots[pairs[i].(boot.Way)] = pairs[i+1].(boot.Boots)
		}
		return h
	}
	for _, tc := range []struct {
		name    string
		history boot.History
		within  time.Duration // since the first boot
		want    int
	}{
		{"new", boot.History{}, 0, 0},
		{"as often as it may", ways(rom, boots(2), ipxe, boots(2)), 0, 0},
		{"its ROM too often", ways(rom, boots(3)), 0, 3},
		{"its iPXE too often", ways(rom, boots(2), ipxe, boots(9)), 0, 9},
		{"long ago", ways(rom, boots(3)), time.Hour, 0},
		{"released", func() (h boot.History) { h = ways(rom, boots(3)); h.Arrived(); return h }(), 0, 0},
	} {
		if got := limits.Looping(&tc.history, now.Add(tc.within)); got != tc.want {
			t.Errorf("%s: %d, want %d", tc.name, got, tc.want)
		}
	}
	if got := (&Limits{Within: time.Hour}).Looping(new(ways(rom, boots(99))), now); got != 0 {
		t.Errorf("where no loop is looked for: %d", got)
	}
}
