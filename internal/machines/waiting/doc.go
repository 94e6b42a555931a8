// SPDX-License-Identifier: Apache-2.0

// Package waiting keeps which machines wait for a decision, and the short code of each.
//
// A code is made of a machine's key, and of nothing else unless another machine that waits has the same: then the next one is taken,
// and kept. So a machine has the same code in each round, after a restart of ours, and in its next boot. Whoever is in the network can
// invent machines: there is room for [Most] of them, and for no more than [MostOfAddress] that ask from one address. One that still
// asks never gives way.
package waiting
