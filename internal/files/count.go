// SPDX-License-Identifier: Apache-2.0

package files

import (
	"errors"
	"io/fs"
	"path"
	"strings"
	"time"
)

// How old a count of the directory may be: when a new upload is measured by it, and when there seems to be no room.
const (
	goodAge = time.Minute
	fullAge = time.Second
)

// countShare bounds the time that counting takes, however large the directory is: one part of so many.
const countShare = 20

// recount counts what is there, unless it was done lately. It reports whether the count is newer than the call. Uploads get their
// names before it or after it.
func (d *UploadDir) recount(age time.Duration) bool {
	asked := time.Now()
	d.place.Lock()
	defer d.place.Unlock()
	switch since := asked.Sub(d.counted); {
	case since <= 0: // somebody else did it while we waited
		return true
	case since < max(age, countShare*d.counting):
		return false
	}
	seen, err := d.count(skip)
	d.counted = time.Now()
	d.counting = d.counted.Sub(asked)
	if err != nil { // what was known is better than half of it
		return false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.stored = seen
	return true
}

// skip leaves an unfinished file alone: an upload is writing it.
func skip(string) error { return nil }

// count takes stock. What vanishes meanwhile does not count, and neither do directories that we may not look into: no upload is in
// them.
func (d *UploadDir) count(unfinished func(name string) error) (usage, error) {
	var seen usage
	err := fs.WalkDir(d.root.FS(), ".", func(name string, e fs.DirEntry, err error) error {
		switch {
		case err != nil || e.IsDir():
		case strings.HasPrefix(path.Base(name), partial):
			err = unfinished(name)
		default:
			var info fs.FileInfo
			if info, err = e.Info(); err == nil {
				seen.add(usage{info.Size(), 1})
			}
		}
		if name != "." && (errors.Is(err, fs.ErrNotExist) || e.IsDir() && errors.Is(err, fs.ErrPermission)) {
			return nil
		}
		return err
	})
	return seen, err
}
