// SPDX-License-Identifier: Apache-2.0

// Package simnet is a network in memory, with faults, for tests.
//
// A [Net] is a set of LANs; a [Host] has interfaces on them and opens sockets that have the methods of [udp.Conn]: packet
// info, broadcasts, batches, segmented sends, wake-ups, and os.ErrDeadlineExceeded like a real one. Packets may be dropped,
// duplicated, delayed, reordered and corrupted, by a table of exact faults and by chance from a seed. Inside a
// testing/synctest bubble time is virtual: an hour of retransmissions takes microseconds and comes out the same each time.
package simnet
