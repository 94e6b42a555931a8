// SPDX-License-Identifier: Apache-2.0

// Package lives keeps the lives of all machines: it asks package life what to do, and a store to keep it.
//
// What the store has of a machine is in memory too, so that an answer to a DHCP packet ([Lives.Look]) waits for nothing. What
// follows from one is written a moment later. A file that can install is given out only when it is stored that it was
// ([Lives.Grant]): an attempt is counted before its first byte leaves. When that fails, or takes too long, the machine gets its
// disk and somebody is told.
//
// For each machine, changes are made one after the other: those that wait become one record, and when the store has a newer
// one than we knew, they are made anew upon that.
package lives
