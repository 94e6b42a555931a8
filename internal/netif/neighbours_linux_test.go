// SPDX-License-Identifier: Apache-2.0

package netif

import (
	"net"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNeighbourMessage(t *testing.T) {
	attrs := []byte{
		8, 0, ndaDst, 0, 10, 0, 0, 7, // destination
		10, 0, ndaLLAddr, 0, 0x52, 0x54, 0, 0, 0, 7, 0, 0, // link-layer address, padded to four bytes
		20, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // NDA_CACHEINFO, cut short
	}
	want := map[string]string{"10.0.0.7": "52:54:00:00:00:07"}
	for cut := range len(attrs) + 1 {
		found := map[netip.Addr]MAC{}
		addNeighbour(found, attrs[:cut]) // never beyond the end
		if cut < 18 {
			if len(found) != 0 {
				t.Errorf("cut at %d: %v", cut, found)
			}
			continue
		}
		got := map[string]string{}
		for a, m := range found {
			got[a.String()] = net.HardwareAddr(m[:]).String()
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("cut at %d (-want +got):\n%s", cut, diff)
		}
	}
}

func TestNeighboursAsksTheKernel(t *testing.T) {
	if _, err := neighbours(); err != nil {
		t.Errorf("the kernel's table: %v", err)
	}
}
