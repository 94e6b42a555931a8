// SPDX-License-Identifier: Apache-2.0

package boltstore

import (
	"errors"
	"fmt"
	"os"
	"runtime/debug"

	"go.etcd.io/bbolt"
)

// DamagedError is a file that is no database, or not a whole one.
type DamagedError struct{ Err error }

// Error says what to do.
func (e *DamagedError) Error() string {
	return "it is damaged (" + e.Err.Error() + "): put a backup in its place (bootlace machines restore FILE), or move it away"
}

// Unwrap gives the cause.
func (e *DamagedError) Unwrap() error { return e.Err }

// faultless calls f and makes an error of what would end the program: bbolt panics on damaged pages, and pages behind the
// end of the file are memory that is not there. It is for what f does in this goroutine.
func faultless(f func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			err = &DamagedError{fmt.Errorf("%v", r)}
		}
	}()
	return f()
}

// check reads the whole file. What it finds first comes first: bbolt's own check of the structure runs in a goroutine of its
// own, where memory that is not there would end the program.
func check(bolt *bbolt.DB) error {
	if err := whole(bolt); err != nil {
		return err
	}
	if err := faultless(func() error { return bolt.View(readAll) }); err != nil {
		return err
	}
	return bolt.View(func(tx *bbolt.Tx) error {
		var first error
		for err := range tx.Check() { // to its end: the goroutine behind it waits to be heard
			if first == nil {
				first = &DamagedError{err}
			}
		}
		return first
	})
}

// whole compares the file's size with what the database says of itself.
func whole(bolt *bbolt.DB) error {
	info, err := os.Stat(bolt.Path())
	if err != nil {
		return err
	}
	return bolt.View(func(tx *bbolt.Tx) error {
		if info.Size() < tx.Size() {
			return &DamagedError{fmt.Errorf("%d of %d bytes are there", info.Size(), tx.Size())}
		}
		return nil
	})
}

// readAll touches every page that records are in.
func readAll(tx *bbolt.Tx) error {
	return tx.ForEach(func(name []byte, b *bbolt.Bucket) error {
		if b == nil {
			return &DamagedError{errors.New("a bucket is none")}
		}
		sum := byte(0)
		return b.ForEach(func(k, v []byte) error {
			for _, c := range v {
				sum ^= c
			}
			return nil
		})
	})
}
