// SPDX-License-Identifier: Apache-2.0

package udp

import (
	"net"
	"strconv"
)

// scope turns an IPv6 zone (an interface's index or name) into its index; 0 if there is no such interface.
func scope(zone string) uint32 {
	if n, err := strconv.ParseUint(zone, 10, 32); err == nil {
		return uint32(n)
	}
	ifi, err := net.InterfaceByName(zone)
	if err != nil {
		return 0
	}
	return uint32(ifi.Index)
}
