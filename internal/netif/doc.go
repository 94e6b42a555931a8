// SPDX-License-Identifier: Apache-2.0

// Package netif knows this host: its interfaces with their addresses, networks and MTUs, its neighbours, and which program
// has a port.
//
// [Host] answers questions. It reads the system at most once in [Age], for all who ask; a question that the last reading
// cannot answer has it read again sooner. A [Table] is one such reading, and does not change. Everything that asks the
// system or the clock is a field, so that a test can be any host at any time.
package netif
