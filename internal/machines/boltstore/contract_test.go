// SPDX-License-Identifier: Apache-2.0

package boltstore

import (
	"path/filepath"
	"testing"

	"github.com/bootlace-net/bootlace/internal/machines"
	"github.com/bootlace-net/bootlace/internal/machines/storetest"
)

func TestContract(t *testing.T) {
	storetest.Store(t, func(t *testing.T) storetest.Place {
		path := filepath.Join(t.TempDir(), File)
		return storetest.Place{
			Open:  func(t *testing.T) machines.Store { return opened(t, path) },
			Close: func(t *testing.T, s machines.Store) { closed(t, s.(*DB)) },
		}
	})
	storetest.Archive(t, func(t *testing.T) machines.Archive {
		d := opened(t, filepath.Join(t.TempDir(), File))
		t.Cleanup(func() { closed(t, d) })
		return d
	})
}

func opened(t *testing.T, path string) *DB {
	t.Helper()
	d, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func closed(t *testing.T, d *DB) {
	t.Helper()
	if err := d.Close(); err != nil {
		t.Error(err)
	}
}
