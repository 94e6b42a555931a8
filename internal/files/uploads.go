// SPDX-License-Identifier: Apache-2.0

package files

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/bootlace-net/bootlace/tftpd"
)

// UploadDir stores uploads in a directory: what machines back up or log. It is a Storer. Set the fields before use.
type UploadDir struct {
	// Quotas bound what is stored.
	Quotas
	// Overwrite lets an upload replace a file; otherwise a name is taken once and for all (ERROR 6).
	Overwrite bool
	// Folder gives the subdirectory for a client, made when it is missing, and the name in it; nil stores all in one directory. An error
	// refuses the upload.
	Folder func(r *tftpd.Request) (dir, name string, err error)

	root *os.Root

	mu     sync.Mutex
	stored usage // under their names
	coming usage // and what uploads that run have taken
	active int

	mostActive int

	place    sync.Mutex    // held while a file gets its name, and while files are counted
	counted  time.Time     // when that was done last
	counting time.Duration // how long it took
}

const partial = ".upload-" // begins the names of files that are not complete

// ByAddress is a Folder: each client address has a directory of its own.
func ByAddress(r *tftpd.Request) (dir, name string, err error) {
	return folderOf(r.Remote.Addr()), r.Name, nil
}

// OpenUploadDir opens a directory for uploads and removes what an earlier run left unfinished.
func OpenUploadDir(name string, q Quotas) (*UploadDir, error) {
	root, err := os.OpenRoot(name)
	if err != nil {
		return nil, err
	}
	d := &UploadDir{Quotas: q, root: root, mostActive: mostActive}
	if d.stored, err = d.count(root.Remove); err != nil {
		return nil, errors.Join(err, root.Close())
	}
	d.counted = time.Now()
	return d, nil
}

// MayStore proves that this process can store uploads: it may have become another user since the directory was opened.
func (d *UploadDir) MayStore() error {
	name := partial + rand.Text()
	f, err := d.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), d.root.Remove(name))
}

// Close closes the directory.
func (d *UploadDir) Close() error { return d.root.Close() }

// Create says whether an upload may begin. It makes and reserves nothing: a forged request must not fill the quota.
func (d *UploadDir) Create(_ context.Context, r *tftpd.Request, size int64) (tftpd.Upload, error) {
	folder, name := "", r.Name
	if d.Folder != nil {
		var err error
		if folder, name, err = d.Folder(r); err != nil {
			return nil, fmt.Errorf("%w: %w", err, fs.ErrPermission)
		}
	}
	name, err := storedName(name)
	if err != nil {
		return nil, err
	}
	u := &uploadFile{dir: d, folder: folder, name: path.Join(folder, name), announced: max(size, 0)}
	if err := d.vacant(u.name); err != nil {
		return nil, err
	}
	if parent := path.Dir(u.name); parent != path.Clean(folder) { // only the client's folder is made for it
		if _, err := d.root.Stat(parent); err != nil {
			return nil, err
		}
	}
	if size > d.MaxFile {
		return nil, errFull
	}
	return u, d.within(func() error { return d.fits(usage{u.announced, 1}) })
}

// storedName is what a file will be called. Names with control characters would be a trap for whoever lists the directory.
func storedName(name string) (string, error) {
	name, err := clean(name)
	if err != nil {
		return "", err
	}
	if !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl) || strings.HasPrefix(path.Base(name), partial) {
		return "", fmt.Errorf("name cannot be stored: %w", fs.ErrPermission)
	}
	return name, nil
}

// vacant says whether a name may be written to: only regular files are ever replaced.
func (d *UploadDir) vacant(name string) error {
	info, err := d.root.Lstat(name)
	switch {
	case err == nil && (!d.Overwrite || !info.Mode().IsRegular()):
		return fs.ErrExist
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%w: %w", err, fs.ErrPermission)
	}
	return nil
}
