// SPDX-License-Identifier: Apache-2.0

package tftpd

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
)

// UploadDir stores uploads in a directory: what machines back up or log. It is a Storer. Set the fields before use.
type UploadDir struct {
	// Overwrite lets an upload replace a file; otherwise a name is taken once and for all (ERROR 6).
	Overwrite bool
	// MaxFile, MaxTotal and MaxFiles are quotas: bytes of one file, bytes and number of all. Zero takes 16 MiB, 1 GiB and
	// 10,000. What lies in the directory when it is opened counts.
	MaxFile, MaxTotal int64
	MaxFiles          int
	// Folder gives the subdirectory for a client, made when it is missing, and the name in it; nil stores all in one directory. An error
	// refuses the upload.
	Folder func(r Request) (dir, name string, err error)

	root *os.Root

	mu    sync.Mutex
	bytes int64
	files int
}

const partial = ".upload-" // begins the names of files that are not complete

// ByAddress is a Folder: each client address has a directory of its own.
func ByAddress(r Request) (dir, name string, err error) {
	return strings.ReplaceAll(r.Remote.Addr().WithZone("").String(), ":", "-"), r.Name, nil
}

// OpenUploadDir opens a directory for uploads and removes what an earlier run left unfinished.
func OpenUploadDir(name string) (*UploadDir, error) {
	root, err := os.OpenRoot(name)
	if err != nil {
		return nil, err
	}
	d := &UploadDir{root: root}
	if err := fs.WalkDir(root.FS(), ".", d.count); err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return d, nil
}

// count takes stock of one file.
func (d *UploadDir) count(name string, e fs.DirEntry, err error) error {
	if err != nil || e.IsDir() {
		return err
	}
	if strings.HasPrefix(path.Base(name), partial) {
		return d.root.Remove(name)
	}
	info, err := e.Info()
	if err != nil {
		return err
	}
	d.bytes += info.Size()
	d.files++
	return nil
}

// Close closes the directory.
func (d *UploadDir) Close() error { return d.root.Close() }

// Create begins an upload.
func (d *UploadDir) Create(_ context.Context, r Request, size int64) (Upload, error) {
	name, err := d.place(r)
	if err != nil {
		return nil, err
	}
	if strings.HasPrefix(path.Base(name), partial) {
		return nil, fs.ErrPermission
	}
	info, err := d.root.Lstat(name)
	switch {
	case err == nil && (!d.Overwrite || !info.Mode().IsRegular()):
		return nil, fs.ErrExist
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%w: %w", err, fs.ErrPermission)
	}
	if size > or(d.MaxFile, 16<<20) {
		return nil, errFull
	}
	if err := d.reserve(max(size, 0)); err != nil {
		return nil, err
	}
	u := &uploadFile{dir: d, name: name, part: path.Join(path.Dir(name), partial+rand.Text()), reserved: max(size, 0)}
	if u.f, err = d.root.OpenFile(u.part, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644); err != nil {
		d.release(u.reserved, 1)
		return nil, err
	}
	return u, nil
}

// place says where in the directory an upload goes.
func (d *UploadDir) place(r Request) (string, error) {
	if d.Folder == nil {
		return cleanName(r.Name)
	}
	folder, name, err := d.Folder(r)
	if err != nil {
		return "", fmt.Errorf("%w: %w", err, fs.ErrPermission)
	}
	if name, err = cleanName(name); err != nil {
		return "", err
	}
	if err := d.root.MkdirAll(folder, 0o755); err != nil {
		return "", err
	}
	return path.Join(folder, name), nil
}

// reserve takes room for a new file and its announced bytes.
func (d *UploadDir) reserve(bytes int64) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.files >= or(d.MaxFiles, 10_000) || d.bytes+bytes > or(d.MaxTotal, 1<<30) {
		return errFull
	}
	d.files++
	d.bytes += bytes
	return nil
}

// more takes room for bytes beyond what was announced.
func (d *UploadDir) more(bytes int64) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.bytes+bytes > or(d.MaxTotal, 1<<30) {
		return errFull
	}
	d.bytes += bytes
	return nil
}

// release gives room back.
func (d *UploadDir) release(bytes int64, files int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.bytes -= bytes
	d.files -= files
}

// uploadFile is an upload under its temporary name.
type uploadFile struct {
	dir      *UploadDir
	f        *os.File
	name     string
	part     string
	written  int64
	reserved int64
}

// Write appends within the quotas.
func (u *uploadFile) Write(p []byte) (int, error) {
	n := u.written + int64(len(p))
	if n > or(u.dir.MaxFile, 16<<20) {
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
	if err := errors.Join(u.f.Sync(), u.f.Close()); err != nil {
		return err
	}
	root := u.dir.root
	if u.dir.Overwrite {
		old, err := root.Lstat(u.name)
		if err := root.Rename(u.part, u.name); err != nil {
			return err
		}
		if err == nil {
			u.dir.release(old.Size(), 1)
		}
	} else {
		if err := root.Link(u.part, u.name); err != nil { // fails where the name was taken meanwhile
			return err
		}
		if err := root.Remove(u.part); err != nil {
			return err
		}
	}
	u.dir.release(u.reserved-u.written, 0)
	return nil
}

// Abort leaves nothing behind.
func (u *uploadFile) Abort() error {
	u.f.Close() // may be closed already by a Commit that failed later
	u.dir.release(u.reserved, 1)
	return u.dir.root.Remove(u.part)
}
