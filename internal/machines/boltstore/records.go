// SPDX-License-Identifier: Apache-2.0

package boltstore

import (
	"bytes"
	"context"
	"encoding/binary"
	"hash/crc32"

	"go.etcd.io/bbolt"

	"github.com/bootlace-net/bootlace/internal/machines"
)

// A record is stored as its checksum, which is over its key and all that follows, its revision, and its value.
const headerSize = 4 + 8

func seal(key string, rev uint64, value []byte) []byte {
	b := make([]byte, headerSize, headerSize+len(value))
	binary.BigEndian.PutUint64(b[4:], rev)
	b = append(b, value...)
	binary.BigEndian.PutUint32(b, sum(key, b[4:]))
	return b
}

// unseal shares memory with the database.
func unseal(key string, b []byte) (value []byte, rev uint64, err error) {
	if len(b) < headerSize || binary.BigEndian.Uint32(b) != sum(key, b[4:]) {
		return nil, 0, machines.ErrDamaged
	}
	return b[headerSize:], binary.BigEndian.Uint64(b[4:]), nil
}

func sum(key string, rest []byte) uint32 {
	return crc32.Update(crc32.ChecksumIEEE([]byte(key)), crc32.IEEETable, rest)
}

// Load follows machines.Store.
func (d *DB) Load(key string) (value []byte, rev uint64, err error) {
	err = d.view(func(tx *bbolt.Tx) error {
		b := tx.Bucket([]byte(bucketRecords)).Get([]byte(key))
		if b == nil {
			return machines.ErrNotFound
		}
		value, rev, err = unseal(key, b)
		value = bytes.Clone(value)
		return err
	})
	return value, rev, err
}

// Swap follows machines.Store.
func (d *DB) Swap(key string, rev uint64, value []byte) (next uint64, err error) {
	if len(value) > machines.MaxValue {
		return 0, machines.ErrTooLarge
	}
	err = d.writer.write(func(tx *bbolt.Tx) (own, fatal error) {
		next, own, fatal = swap(tx.Bucket([]byte(bucketRecords)), key, rev, value)
		return own, fatal
	})
	if err != nil {
		return 0, err
	}
	d.mark.advance(next)
	d.watchers.Tell(key)
	return next, nil
}

// swap is one Swap in its transaction. Revisions are never used again, also not for other keys.
func swap(b *bbolt.Bucket, key string, rev uint64, value []byte) (next uint64, own, fatal error) {
	var is uint64
	if old := b.Get([]byte(key)); old != nil {
		var err error
		if _, is, err = unseal(key, old); err != nil {
			return 0, err, nil
		}
	}
	switch {
	case is != rev:
		return 0, machines.ErrConflict, nil
	case value == nil:
		return 0, nil, b.Delete([]byte(key))
	}
	next, fatal = b.NextSequence()
	if fatal == nil {
		fatal = b.Put([]byte(key), seal(key, next, value))
	}
	return next, nil, fatal
}

// record is one that was read.
type record struct {
	key   string
	value []byte
	rev   uint64
}

// List follows machines.Store.
func (d *DB) List(visit func(key string, value []byte, rev uint64) error) error {
	all, damaged, err := d.read(func(tx *bbolt.Tx) *bbolt.Bucket { return tx.Bucket([]byte(bucketRecords)) })
	if err != nil {
		return err
	}
	for _, r := range all {
		if err := visit(r.key, r.value, r.rev); err != nil {
			return err
		}
	}
	if damaged {
		return machines.ErrDamaged
	}
	return nil
}

// read gives all that is in a bucket. Nobody is called while the database is held: a visitor may take long, or write.
func (d *DB) read(of func(*bbolt.Tx) *bbolt.Bucket) (all []record, damaged bool, err error) {
	err = d.view(func(tx *bbolt.Tx) error {
		b := of(tx)
		if b == nil {
			return nil
		}
		return b.ForEach(func(k, sealed []byte) error {
			value, rev, err := unseal(string(k), sealed)
			if damaged = damaged || err != nil; err == nil {
				all = append(all, record{string(k), bytes.Clone(value), rev})
			}
			return nil
		})
	})
	return all, damaged, err
}

// Watch follows machines.Store.
func (d *DB) Watch(ctx context.Context) <-chan string { return d.watchers.Watch(ctx) }

// view reads.
func (d *DB) view(f func(*bbolt.Tx) error) error {
	return faultless(func() error { return d.bolt.View(f) })
}
