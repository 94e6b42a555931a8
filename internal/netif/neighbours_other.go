// SPDX-License-Identifier: Apache-2.0

//go:build !linux

package netif

import (
	"errors"
	"net/netip"
)

// neighbours is not known here: machines are identified by the names they ask for and by what DHCP says.
func neighbours() (map[netip.Addr]MAC, error) {
	return nil, errors.ErrUnsupported
}
