// SPDX-License-Identifier: Apache-2.0

package boltstore

import (
	"encoding/binary"
	"errors"
	"fmt"

	"go.etcd.io/bbolt"
)

// The buckets at the top. There is one more for each kind of an archive, below the last.
const (
	bucketSchema  = "schema"
	bucketRecords = "records"
	bucketArchive = "archive"
	keyVersion    = "version"
)

// migration brings a file from one version to the next. The first makes an empty file.
type migration func(*bbolt.Tx) error

// migrations lists all steps: the version of a file is how many of them were taken.
func migrations() []migration { return []migration{first} }

// first is version 1: records with compare-and-swap, and the archive.
func first(tx *bbolt.Tx) error {
	for _, name := range []string{bucketRecords, bucketArchive} {
		if _, err := tx.CreateBucket([]byte(name)); err != nil {
			return err
		}
	}
	return nil
}

// migrate takes the steps that a file lacks, all or none. A file that needs none is not written to.
func migrate(bolt *bbolt.DB, steps []migration) error {
	var version uint64
	err := bolt.View(func(tx *bbolt.Tx) (err error) { version, err = versionOf(tx); return err })
	switch known := uint64(len(steps)); {
	case err != nil:
		return err
	case version > known:
		return fmt.Errorf("a newer bootlace wrote it (version %d, this one knows %d): use that one, or a backup from before", version, known)
	case version == known:
		return nil
	}
	return bolt.Update(func(tx *bbolt.Tx) error {
		for i, step := range steps[version:] {
			if err := step(tx); err != nil {
				return fmt.Errorf("could not be brought to version %d: %w", int(version)+i+1, err)
			}
		}
		b, err := tx.CreateBucketIfNotExists([]byte(bucketSchema))
		if err != nil {
			return err
		}
		return b.Put([]byte(keyVersion), binary.BigEndian.AppendUint64(nil, uint64(len(steps))))
	})
}

// versionOf reads the version; 0 is that of an empty file.
func versionOf(tx *bbolt.Tx) (uint64, error) {
	if b := tx.Bucket([]byte(bucketSchema)); b != nil {
		if v := b.Get([]byte(keyVersion)); len(v) == 8 {
			return binary.BigEndian.Uint64(v), nil
		}
		return 0, &DamagedError{errors.New("it has no version")}
	}
	if k, _ := tx.Cursor().First(); k != nil {
		return 0, errors.New("it is the database of another program: move it away, or choose another server.state")
	}
	return 0, nil
}
