// SPDX-License-Identifier: Apache-2.0

//go:build !linux

package daemon

import (
	"errors"
	"net/netip"

	"github.com/bootlace-net/bootlace/boot"
)

// neighbours is not known here: machines are identified by the names they ask for and by what DHCP says.
func neighbours() (map[netip.Addr]boot.MAC, error) {
	return nil, errors.ErrUnsupported
}
