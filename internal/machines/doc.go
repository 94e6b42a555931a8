// SPDX-License-Identifier: Apache-2.0

// Package machines remembers who each machine is, what it did, and what worked for its firmware.
//
// All that is known of a machine stands under one key, [boot.Client.Key]: facts of every packet laid over each other,
// the addresses it took, the history of its boots, and the story of what happened to it. There is one bound and one
// eviction: the machine that was not heard of for longest goes, with all of that. A machine that is booting is heard of
// every few seconds, so that a flood of invented ones has to be larger than the whole memory within that time to push it
// out. A machine takes about 600 bytes, 300 of them once it has an address; an event of its story about 400, a line of its log the
// same: 40 MB, 8 MB and 8 MB when all is full. What a loader said that it runs on is up to 3000 bytes more.
//
// It all is in memory, and nobody who handles packets waits for a disk. What changes is written down some seconds later, in
// batches, to an [Archive], and read from there when the program starts again. What must not be lost by a crash, a machine's
// life, is in a [Store].
package machines
