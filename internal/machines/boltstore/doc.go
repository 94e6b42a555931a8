// SPDX-License-Identifier: Apache-2.0

// Package boltstore keeps machines' records in one file, machines.db, by go.etcd.io/bbolt.
//
// One goroutine writes. It takes all that waits into one transaction, so that a disk which needs 10 ms for an fsync still
// does hundreds of changes in a second, and a change that waits alone is written at once. Who reads never waits for it.
//
// bbolt has checksums for its two meta pages only. Each record here has its own; the structure of the file is checked when
// it is opened, in a way that a torn or cut file becomes an error and not the end of the program. The file is locked: a
// second program gets an error that says so.
package boltstore
