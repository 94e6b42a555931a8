// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"net/netip"
	"testing"
)

// TestMTU: a block fits the interface that the request came in by, where its MTU is known.
func TestMTU(t *testing.T) {
	known := func(index int) int { return map[int]int{2: 1500, 3: 1400}[index] }
	for _, tt := range []struct {
		mtu    func(int) int
		index  int
		remote string
		want   int
	}{
		{known, 2, "10.0.0.7:2000", 1468},
		{known, 3, "10.0.0.7:2000", 1368},
		{known, 3, "[fd00::7]:2000", 1348},
		{known, 9, "10.0.0.7:2000", 1468},
		{nil, 3, "10.0.0.7:2000", 1468},
	} {
		s := &Server{MinBlock: 512, MaxBlock: 1468, MaxWindow: 64, MTU: tt.mtu}
		g := s.negotiate(&Request{Interface: tt.index, Remote: netip.MustParseAddrPort(tt.remote),
			Options: []Option{{Name: "blksize", Value: "65464"}}}, 1, 0)
		if g.Block != tt.want {
			t.Errorf("interface %d, %s: %d, want %d", tt.index, tt.remote, g.Block, tt.want)
		}
	}
}
