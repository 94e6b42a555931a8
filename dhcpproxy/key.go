// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/dhcp4"
)

// nameless is the key of machines that say nothing to tell them apart. They share their limits, and have no history.
func nameless() boot.MAC { return boot.MAC{1} }

// keyOf is what a machine is remembered under: its hardware address; for one that has none, something made of what else
// identifies it, which is nobody's address because its group bit is set.
func keyOf(m *dhcp4.Message, mac boot.MAC) boot.MAC {
	if !mac.IsZero() {
		return mac
	}
	h := uint64(14695981039346656037) // FNV-1a
	known := false
	for _, b := range [][]byte{m.CHAddr[:], m.UUID, m.ClientID} {
		for _, c := range b {
			known = known || c != 0
			h = (h ^ uint64(c)) * 1099511628211
		}
	}
	if !known {
		return nameless()
	}
	return boot.MAC{byte(h>>40) | 1, byte(h >> 32), byte(h >> 24), byte(h >> 16), byte(h >> 8), byte(h)}
}
