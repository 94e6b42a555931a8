// SPDX-License-Identifier: Apache-2.0

package boltstore

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"path/filepath"
	"time"

	"go.etcd.io/bbolt"
)

// Keys of the bucket of the schema. A database that was made before they were has none.
const (
	keyName  = "name"
	keyDoubt = "doubt"
)

// Doubt is why a database may not be the newest there was. It is kept until somebody ends it.
type Doubt struct {
	Name string    `json:"name"` // no two have one
	Why  string    `json:"why"`
	At   time.Time `json:"at"`
}

// Doubt gives the doubt about the database; false if there is none.
func (d *DB) Doubt() (doubt Doubt, is bool) {
	err := d.view(func(tx *bbolt.Tx) error {
		if b := tx.Bucket([]byte(bucketSchema)).Get([]byte(keyDoubt)); b != nil {
			is = true
			return json.Unmarshal(b, &doubt)
		}
		return nil
	})
	if err != nil { // it cannot be read: that is one, too
		return Doubt{Name: "unreadable", Why: err.Error()}, true
	}
	return doubt, is
}

// Raise has the database be doubted from now on.
func (d *DB) Raise(why string) error {
	return d.writer.write(func(tx *bbolt.Tx) (own, fatal error) { return nil, raise(tx, why) })
}

// Settle ends the doubt.
func (d *DB) Settle() error {
	return d.writer.write(func(tx *bbolt.Tx) (own, fatal error) {
		return nil, tx.Bucket([]byte(bucketSchema)).Delete([]byte(keyDoubt))
	})
}

func raise(tx *bbolt.Tx, why string) error {
	b, _ := json.Marshal(Doubt{Name: random(), Why: why, At: time.Now().UTC().Truncate(time.Second)}) // plain values
	return tx.Bucket([]byte(bucketSchema)).Put([]byte(keyDoubt), b)
}

func random() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// seenIn says how far a database has come.
func seenIn(bolt *bbolt.DB) (s seen) {
	_ = bolt.View(func(tx *bbolt.Tx) error { // it was checked
		if b := tx.Bucket([]byte(bucketSchema)); b != nil {
			s.Store = string(b.Get([]byte(keyName)))
		}
		if b := tx.Bucket([]byte(bucketRecords)); b != nil {
			s.Revision = b.Sequence()
		}
		return nil
	})
	return s
}

// compare holds the database against the mark beside it, and doubts it where that has seen more.
func (d *DB) compare() error {
	path := MarkOf(d.path)
	is := seenIn(d.bolt)
	was, there, err := readMark(path)
	why := ""
	switch {
	case err != nil:
		why = fmt.Sprintf("%s cannot be read (%v): it is not known whether this database is the newest there was", filepath.Base(path), err)
	case !there || was.Revision == 0:
	case d.made:
		why = "there was a database here with records of machines, and it is gone"
	case was.Store != is.Store:
		why = "another database was here before, with records of machines"
	case was.Revision > is.Revision:
		why = fmt.Sprintf("the database is older than what was stored here: it has come to revision %d, and that was %d", is.Revision, was.Revision)
	}
	if is.Store == "" || why != "" {
		if err := d.bolt.Update(func(tx *bbolt.Tx) error { return d.christen(tx, &is, why) }); err != nil {
			return err
		}
	}
	if err := d.mark.open(path, is); err != nil && why != "" {
		return err // it would be found anew at each start
	}
	return nil // without a mark less is noticed, and nothing else
}

// christen gives a database a name that has none, and doubts it if there is a reason.
func (d *DB) christen(tx *bbolt.Tx, is *seen, why string) error {
	if is.Store == "" {
		is.Store = random()
		if err := tx.Bucket([]byte(bucketSchema)).Put([]byte(keyName), []byte(is.Store)); err != nil {
			return err
		}
	}
	if why == "" {
		return nil
	}
	return raise(tx, why)
}
