// SPDX-License-Identifier: Apache-2.0

package daemon

import "github.com/bootlace-net/bootlace/internal/netif"

// troubleWith says why nothing is answered on an interface yet, with the fix; "" when all is well. It is no reason to end:
// the interface is looked at again while we run.
func troubleWith(n netif.Interface) string {
	switch {
	case !n.Up:
		return "interface is down, nothing is answered until it is up: ip link set " + n.Name + " up"
	case !n.HasIPv4():
		return "interface has no IPv4 address, PXE clients are not answered until it has one: ip address add ADDRESS/BITS dev " + n.Name
	default:
		return ""
	}
}
