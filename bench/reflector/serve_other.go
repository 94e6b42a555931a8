// SPDX-License-Identifier: Apache-2.0

//go:build !linux

package reflector

import (
	"context"
	"errors"
	"net/netip"
)

// Serve is not available here: the floor is measured with recvmmsg and sendmmsg of Linux.
func Serve(context.Context, netip.AddrPort, Config, func(netip.AddrPort)) error {
	return errors.New("the reflector runs on Linux only (recvmmsg, sendmmsg)")
}
