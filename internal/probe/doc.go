// SPDX-License-Identifier: Apache-2.0

// Package probe plays a network-boot client against whatever servers a network has, and says what a real one would do.
//
// It sends the DISCOVER of a kind of firmware, collects every offer, chooses among them as that firmware does, asks port
// 4011 if it would, and fetches the file that it ends up with. It never takes an address.
package probe
