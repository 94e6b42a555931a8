// SPDX-License-Identifier: Apache-2.0

//go:build !unix

package udp

import (
	"errors"
	"net/netip"
)

// Membership works on Unix only.
type Membership struct{}

// NewMembership works on Unix only.
func NewMembership(netip.Addr) (*Membership, error) { return nil, errors.ErrUnsupported }

// Join works on Unix only.
func (*Membership) Join(int) error { return errors.ErrUnsupported }

// Close works on Unix only.
func (*Membership) Close() error { return nil }
