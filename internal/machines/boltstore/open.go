// SPDX-License-Identifier: Apache-2.0

package boltstore

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"github.com/bootlace-net/bootlace/internal/machines"
)

// File is the name of the database in the state directory.
const File = "machines.db"

const (
	lockTime = time.Second // for the one that is just ending: a restart
	// mapped is how much of the file is mapped from the beginning: while it has to be mapped anew, writing waits for those who
	// read, and a backup reads for long. All that is ever kept takes about 60 MB.
	mapped = 256 << 20
	grown  = 1 << 20 // by which the file grows
)

// ErrInUse is why a file cannot be opened that another program has open.
var ErrInUse = errors.New("another program has it open: is there a second bootlace with this state directory?")

// DB is an open file. It is safe for concurrent use.
type DB struct {
	bolt     *bbolt.DB
	path     string
	made     bool // by Open
	mark     mark
	writer   writer
	watchers machines.Watchers
}

var (
	_ machines.Store   = (*DB)(nil)
	_ machines.Archive = (*DB)(nil)
)

// Open opens a file, or makes it. The error names the file, and says what to do where that is known.
func Open(path string) (*DB, error) { return open(path, migrations()) }

func open(path string, steps []migration) (*DB, error) {
	_, err := os.Stat(path)
	made := errors.Is(err, fs.ErrNotExist)
	if made {
		if err := create(path, steps); err != nil {
			return nil, fmt.Errorf("%s cannot be made: %w", path, err)
		}
	}
	bolt, err := checked(path, steps)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	d := &DB{bolt: bolt, path: path, made: made}
	if err := d.compare(); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, err), bolt.Close())
	}
	d.writer.start(d)
	return d, nil
}

// Close writes what waits, and lets another program have the file.
func (d *DB) Close() error {
	d.writer.stop()
	return errors.Join(d.mark.close(), d.bolt.Close())
}

// Made reports whether there was no file, and Open made one.
func (d *DB) Made() bool { return d.made }

// create makes a file whole or not at all: one that was cut short when the machine lost its power would never open again.
func create(path string, steps []migration) (err error) {
	dir, err := os.MkdirTemp(filepath.Dir(path), ".machines-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	temporary := filepath.Join(dir, File)
	bolt, err := checked(temporary, steps)
	if err != nil {
		return err
	}
	if err := bolt.Close(); err != nil {
		return err
	}
	if err := os.Link(temporary, path); err != nil && !errors.Is(err, fs.ErrExist) { // somebody else was as quick
		if err := os.Rename(temporary, path); err != nil { // no links on this file system
			return err
		}
	}
	return syncDir(filepath.Dir(path))
}

// checked opens a file that is sound and of our version.
func checked(path string, steps []migration) (*bbolt.DB, error) {
	bolt, err := guarded(path)
	if err != nil {
		return nil, err
	}
	if err := check(bolt); err != nil {
		return nil, errors.Join(err, bolt.Close())
	}
	if err := migrate(bolt, steps); err != nil {
		return nil, errors.Join(err, bolt.Close())
	}
	return bolt, nil
}

// guarded opens a file. bbolt panics on some that are damaged, and forgets to close them then.
func guarded(path string) (bolt *bbolt.DB, err error) {
	var file *os.File
	options := &bbolt.Options{Timeout: lockTime, OpenFile: func(name string, flag int, mode os.FileMode) (*os.File, error) {
		var err error
		file, err = os.OpenFile(name, flag, mode) //nolint:gosec // the operator's own path
		return file, err
	}}
	if runtime.GOOS != "windows" { // there the file itself would be made as large
		options.InitialMmapSize = mapped
	}
	err = faultless(func() (err error) { bolt, err = bbolt.Open(path, 0o600, options); return err })
	if err != nil && file != nil {
		_ = file.Close() // bbolt has closed it, unless it panicked
	}
	switch {
	case err == nil:
		bolt.AllocSize = grown
	case errors.Is(err, bolterrors.ErrTimeout):
		return nil, ErrInUse
	case errors.Is(err, bolterrors.ErrInvalid), errors.Is(err, bolterrors.ErrChecksum), errors.Is(err, bolterrors.ErrVersionMismatch):
		return nil, &DamagedError{err}
	}
	return bolt, err
}
