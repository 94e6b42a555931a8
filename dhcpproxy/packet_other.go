// SPDX-License-Identifier: Apache-2.0

//go:build !linux

package dhcpproxy

import (
	"errors"
	"fmt"
)

func (s *Server) openPacket() error {
	return fmt.Errorf("dhcp.socket: packet works on Linux only: %w", errors.ErrUnsupported)
}

func (s *Server) openEar() {
	s.notice = append(s.notice, "other DHCP servers are watched on Linux only")
}

// ListenPackets works on Linux only.
func ListenPackets(port uint16) (Packets, error) {
	return nil, fmt.Errorf("packet socket for port %d: %w", port, errors.ErrUnsupported)
}
