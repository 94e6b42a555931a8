// SPDX-License-Identifier: Apache-2.0

// Package reflector answers ACKs with the blocks that follow, and knows nothing else: the floor under every TFTP server.
//
// It has no transfers, timers, retransmissions, limits or logs, one socket and one thread. The block size and window are fixed when it
// starts; an ACK's number alone selects the bytes. What a real server costs more than this is the price of the protocol.
package reflector
