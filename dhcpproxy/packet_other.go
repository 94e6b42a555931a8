// SPDX-License-Identifier: Apache-2.0

//go:build !linux

package dhcpproxy

import (
	"errors"
	"fmt"
)

// ListenPackets works on Linux only.
func ListenPackets(port uint16) (Packets, error) { return listenPackets(port, false) }

func listenPackets(port uint16, _ bool) (Packets, error) {
	return nil, fmt.Errorf("packet sockets, here for port %d, work on Linux only: %w", port, errors.ErrUnsupported)
}
