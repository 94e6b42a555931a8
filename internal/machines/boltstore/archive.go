// SPDX-License-Identifier: Apache-2.0

package boltstore

import (
	"go.etcd.io/bbolt"

	"github.com/bootlace-net/bootlace/internal/machines"
)

// Put follows machines.Archive.
func (d *DB) Put(kind string, entries []machines.Entry) error {
	return d.writer.write(func(tx *bbolt.Tx) (own, fatal error) {
		b, err := tx.Bucket([]byte(bucketArchive)).CreateBucketIfNotExists([]byte(kind))
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if e.Value == nil {
				err = b.Delete([]byte(e.Key))
			} else {
				err = b.Put([]byte(e.Key), seal(e.Key, 0, e.Value))
			}
			if err != nil {
				return nil, err
			}
		}
		return nil, nil
	})
}

// All follows machines.Archive.
func (d *DB) All(kind string, visit func(machines.Entry) error) error {
	all, _, err := d.read(func(tx *bbolt.Tx) *bbolt.Bucket { return tx.Bucket([]byte(bucketArchive)).Bucket([]byte(kind)) })
	if err != nil {
		return err
	}
	for _, r := range all {
		if err := visit(machines.Entry{Key: r.key, Value: r.value}); err != nil {
			return err
		}
	}
	return nil
}
