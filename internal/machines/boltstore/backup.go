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
// once or not at all.
func Restore(path string, r io.Reader) (err error) {
	if err := free(path); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".restore-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }() // not there any more when all went well
	_, err = io.Copy(f, r)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	bolt, err := checked(f.Name(), migrations())
	if err != nil {
		return fmt.Errorf("the backup: %w", err)
	}
	if err := bolt.Close(); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// free reports whether nobody has a file open. It may be damaged, or not there.
func free(path string) error {
	if _, err := os.Stat(path); err != nil {
		return nil //nolint:nilerr // nothing to replace
	}
	bolt, err := guarded(path)
	if errors.Is(err, ErrInUse) {
		return fmt.Errorf("%s: %w", path, err)
	}
	if bolt != nil {
		return bolt.Close()
	}
	return nil
}
