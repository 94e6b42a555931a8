// SPDX-License-Identifier: Apache-2.0

// Package proto is TFTP without a network: bytes to requests, what is asked to what is granted, and one state machine for each
// direction of a transfer. It has no socket, no clock and no log: callers bring each event with the time, and do what the order
// says. It imports nothing that could change that.
package proto
