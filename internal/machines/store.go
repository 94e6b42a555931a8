// SPDX-License-Identifier: Apache-2.0

package machines

import (
	"context"
	"errors"
)

// MaxValue is the longest value that a Store takes, in bytes. etcd takes 1.5 MB in a request by default; a life needs 2 KB.
const MaxValue = 64 << 10

// Errors of stores. All others are of the disk or the network behind it: what was asked for may or may not have happened.
var (
	ErrNotFound = errors.New("there is no such record")
	ErrConflict = errors.New("the record was changed meanwhile")
	ErrTooLarge = errors.New("the record is larger than 64 KiB")
	ErrDamaged  = errors.New("the record is damaged")
)

// Store keeps small records, each changed by itself with compare-and-swap. Several programs may have the same one: what is
// read is what was true a moment ago, and only a Swap tells. It may take long; nothing that handles packets waits for it.
type Store interface {
	// Load gives a record and its revision; ErrNotFound if there is none.
	Load(key string) (value []byte, rev uint64, err error)
	// Swap replaces the record of that revision by another, and gives the new revision; 0 is that of a record which is not
	// there. A nil value removes it. When Swap returns without an error, the change outlives a crash of the machine. With
	// ErrConflict, ErrTooLarge and ErrDamaged nothing was changed.
	Swap(key string, rev uint64, value []byte) (uint64, error)
	// List visits all records in the order of their keys. An error of the visitor ends it. Damaged records are left out, and
	// make the error ErrDamaged once the others are visited.
	List(visit func(key string, value []byte, rev uint64) error) error
	// Watch gives the keys of records that were changed, by whomever, after it was called; those of many changes to one record
	// perhaps once. An empty key says that changes were missed: anything may have changed. The channel ends with ctx.
	Watch(ctx context.Context) <-chan string
}

// Entry is one record of an Archive.
type Entry struct {
	Key   string
	Value []byte // nil: it is to be removed
}

// Archive keeps what may be a few seconds old after a crash: what is known of machines, and what happened to them. It is
// written in batches, by one program, and read once when that starts.
type Archive interface {
	// Put writes all of the entries or none.
	Put(kind string, entries []Entry) error
	// All visits the entries of a kind in the order of their keys. Damaged ones are left out.
	All(kind string, visit func(Entry) error) error
}
