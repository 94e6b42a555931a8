// SPDX-License-Identifier: Apache-2.0

package vault

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
)

// syncDir makes the names of a directory last, where a directory can be synced.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// replace puts a file of these bytes into the place of another one, or none: whoever looks sees the old one or all of the new one,
// also after a power cut.
func replace(path string, b []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".tmp-*")
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	err = errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name()) // not there, or told of by who comes next
		return err
	}
	return syncDir(filepath.Dir(path))
}
