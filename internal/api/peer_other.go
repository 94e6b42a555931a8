// SPDX-License-Identifier: Apache-2.0

//go:build !linux

package api

import "net"

const peersAreKnown = false

// peerOf knows nothing here: the mode of the socket's file is what guards it.
func peerOf(*net.UnixConn) (Peer, error) { return stranger(), nil }
