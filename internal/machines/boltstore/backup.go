// SPDX-License-Identifier: Apache-2.0

package boltstore

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"go.etcd.io/bbolt"
)

// Backup writes the file as it is at this moment, while others read and write.
func (d *DB) Backup(w io.Writer) error {
	return d.bolt.View(func(tx *bbolt.Tx) error { _, err := tx.WriteTo(w); return err })
}

// Restore puts a backup in the place of a file that no program has open. It is checked first, and the file is replaced at
// once or not at all. Unless it can be seen that nothing was stored since it was made, it is doubted whether it is the newest there
// was; newest says that somebody knows that it is.
func Restore(path string, r io.Reader, newest bool) (doubted bool, err error) {
	known, err := free(path)
	if err != nil {
		return false, err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".restore-*")
	if err != nil {
		return false, err
	}
	defer func() { _ = os.Remove(f.Name()) }() // not there any more when all went well
	_, err = io.Copy(f, r)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return false, err
	}
	is, err := prepare(f.Name(), func(is seen) bool { doubted = !newest && !is.covers(known); return doubted })
	if err != nil {
		return false, fmt.Errorf("the backup: %w", err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return doubted, err
	}
	if newest || doubted { // and Open does not find out by itself
		err = writeMark(MarkOf(path), is)
	}
	return doubted, errors.Join(err, syncDir(filepath.Dir(path)))
}

// covers reports whether a database has all that was seen of one.
func (s seen) covers(known seen) bool {
	return known.Store != "" && s.Store == known.Store && s.Revision >= known.Revision
}

// prepare opens a backup, and doubts it if it is to be.
func prepare(path string, doubt func(seen) bool) (seen, error) {
	bolt, err := checked(path, migrations())
	if err != nil {
		return seen{}, err
	}
	is := seenIn(bolt)
	err = bolt.Update(func(tx *bbolt.Tx) error {
		if doubt(is) {
			return raise(tx, "it was restored from a backup, and what was stored since that was made is lost")
		}
		return nil
	})
	return is, errors.Join(err, bolt.Close())
}

// free makes sure that nobody has a file open, and says how far it had come, as far as is known. It may be damaged, or not there.
func free(path string) (seen, error) {
	known, _, _ := readMark(MarkOf(path)) // what cannot be read is not known
	if _, err := os.Stat(path); err != nil {
		return known, nil //nolint:nilerr // nothing to replace
	}
	bolt, err := guarded(path)
	switch {
	case errors.Is(err, ErrInUse):
		return known, fmt.Errorf("%s: %w", path, err)
	case err != nil || bolt == nil:
		return known, nil //nolint:nilerr // damaged: that is why it is replaced
	}
	_ = faultless(func() error {
		if is := seenIn(bolt); is.Store != known.Store || is.Revision > known.Revision {
			known = is
		}
		return nil
	})
	return known, bolt.Close()
}
