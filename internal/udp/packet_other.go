// SPDX-License-Identifier: Apache-2.0

//go:build !linux

package udp

import (
	"errors"
	"fmt"
	"time"
)

// PacketConn works on Linux only.
type PacketConn struct{}

func newPacketConn(PacketConfig) (*PacketConn, error) {
	return nil, fmt.Errorf("works on Linux only: %w", errors.ErrUnsupported)
}

// Recv follows Conn.
func (*PacketConn) Recv([]Incoming, time.Duration) (int, error) { return 0, errors.ErrUnsupported }

// Send follows Conn.
func (*PacketConn) Send([]Outgoing) (int, error) { return 0, errors.ErrUnsupported }

// Hear works on Linux only.
func (*PacketConn) Hear() error { return errors.ErrUnsupported }

// Close follows Conn.
func (*PacketConn) Close() error { return nil }
