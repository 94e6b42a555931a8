// SPDX-License-Identifier: Apache-2.0

package files

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path"
)

// uploadFile is an upload. Its temporary file is made with the first piece: by then the client has proved itself.
type uploadFile struct {
	dir       *UploadDir
	folder    string // to be made; empty: none
	name      string
	part      string
	f         *os.File
	announced int64
	written   int64
	reserved  int64
	begun     bool
	made      bool // the folder did not exist before
}

// begin takes room and makes the temporary file beside the final one.
func (u *uploadFile) begin() error {
	d := u.dir
	if err := d.begin(u.announced); err != nil {
		return err
	}
	u.begun, u.reserved = true, u.announced
	if u.folder != "" {
		_, err := d.root.Lstat(u.folder)
		u.made = errors.Is(err, fs.ErrNotExist)
		if err := d.root.MkdirAll(u.folder, 0o755); err != nil {
			return err
		}
	}
	u.part = path.Join(path.Dir(u.name), partial+rand.Text())
	f, err := d.root.OpenFile(u.part, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	u.f = f
	return err
}

// Write appends within the quotas.
func (u *uploadFile) Write(p []byte) (int, error) {
	if !u.begun {
		if err := u.begin(); err != nil {
			return 0, err
		}
	}
	n := u.written + int64(len(p))
	if n > u.dir.MaxFile {
		return 0, errFull
	}
	if n > u.reserved {
		if err := u.dir.more(n - u.reserved); err != nil {
			return 0, err
		}
		u.reserved = n
	}
	u.written = n
	return u.f.Write(p)
}

// Commit gives the file its name: all of it appears at once, or nothing.
func (u *uploadFile) Commit() error {
	if !u.begun {
		if err := u.begin(); err != nil {
			return err
		}
	}
	if err := errors.Join(u.f.Sync(), u.f.Close()); err != nil {
		return err
	}
	d := u.dir
	d.place.Lock() // of two uploads of one name each replaces, or is refused, and is counted
	defer d.place.Unlock()
	replaced, err := u.rename()
	if err != nil {
		return err
	}
	d.finish(u.reserved, usage{u.written - replaced.bytes, 1 - replaced.files})
	return nil
}

// rename moves the file to its place and says what it replaced.
func (u *uploadFile) rename() (replaced usage, err error) {
	root := u.dir.root
	if err := u.dir.vacant(u.name); err != nil {
		return usage{}, err
	}
	if !u.dir.Overwrite {
		err := root.Link(u.part, u.name) // unlike a rename it fails where another program took the name meanwhile
		if err == nil {
			return usage{}, root.Remove(u.part)
		}
		if errors.Is(err, fs.ErrExist) || errors.Is(err, fs.ErrNotExist) {
			return usage{}, err
		}
		// a file system without hard links
	}
	if old, err := root.Lstat(u.name); err == nil {
		replaced = usage{old.Size(), 1}
	}
	return replaced, root.Rename(u.part, u.name)
}

// Abort leaves nothing behind.
func (u *uploadFile) Abort() error {
	if !u.begun {
		return nil
	}
	u.dir.finish(u.reserved, usage{})
	if u.f == nil {
		return u.rmdir()
	}
	u.f.Close() // may be closed already by a Commit that failed later
	return errors.Join(u.dir.root.Remove(u.part), u.rmdir())
}

// rmdir removes the folder that was made for this upload, unless another has begun to use it.
func (u *uploadFile) rmdir() error {
	if !u.made {
		return nil
	}
	if entries, err := fs.ReadDir(u.dir.root.FS(), u.folder); err != nil || len(entries) > 0 {
		return nil //nolint:nilerr // it is not there, or it is needed
	}
	if err := u.dir.root.Remove(u.folder); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
