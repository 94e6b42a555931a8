// SPDX-License-Identifier: Apache-2.0

package iso

import (
	"io"
	"io/fs"
	"time"
)

var _ fs.ReadLinkFS = (*Image)(nil)

// Open makes an image an fs.FS. Links are followed as [Image.Lookup] does.
func (im *Image) Open(name string) (fs.File, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	e, err := im.Lookup(name, Exact)
	if err != nil {
		return nil, err
	}
	if e.Mode.IsDir() {
		return &openDirectory{entry: e, left: e.children}, nil
	}
	content, err := im.Content(e)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return openFile{content, e}, nil
}

// ReadLink gives a symbolic link's target.
func (im *Image) ReadLink(name string) (string, error) {
	e, err := im.stat("readlink", name)
	if err == nil && e.Mode&fs.ModeSymlink == 0 {
		err = &fs.PathError{Op: "readlink", Path: name, Err: fs.ErrInvalid}
	}
	if err != nil {
		return "", err
	}
	return e.Link, nil
}

// Lstat describes an entry and does not follow it.
func (im *Image) Lstat(name string) (fs.FileInfo, error) {
	e, err := im.stat("lstat", name)
	if err != nil {
		return nil, err
	}
	return info{e}, nil
}

func (im *Image) stat(op, name string) (e *Entry, err error) {
	if err = fs.ErrInvalid; fs.ValidPath(name) {
		e, err = im.lstat(name)
	}
	if err != nil {
		return nil, &fs.PathError{Op: op, Path: name, Err: err}
	}
	return e, nil
}

// openFile is a regular file that somebody reads.
type openFile struct {
	*io.SectionReader
	entry *Entry
}

func (f openFile) Stat() (fs.FileInfo, error) { return info{f.entry}, nil }
func (f openFile) Close() error               { return nil }

// openDirectory is a directory that somebody lists.
type openDirectory struct {
	entry *Entry
	left  []*Entry
}

func (d *openDirectory) Stat() (fs.FileInfo, error) { return info{d.entry}, nil }
func (d *openDirectory) Close() error               { return nil }
func (d *openDirectory) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: d.entry.Name, Err: fs.ErrInvalid}
}

func (d *openDirectory) ReadDir(n int) ([]fs.DirEntry, error) {
	if n > 0 && len(d.left) == 0 {
		return nil, io.EOF
	}
	if n <= 0 || n > len(d.left) {
		n = len(d.left)
	}
	list := make([]fs.DirEntry, n)
	for i, e := range d.left[:n] {
		list[i] = fs.FileInfoToDirEntry(info{e})
	}
	d.left = d.left[n:]
	return list, nil
}

// info is an entry as fs.FileInfo.
type info struct{ e *Entry }

func (i info) Name() string       { return i.e.Name }
func (i info) Size() int64        { return i.e.Size }
func (i info) Mode() fs.FileMode  { return i.e.Mode }
func (i info) ModTime() time.Time { return i.e.ModTime }
func (i info) IsDir() bool        { return i.e.Mode.IsDir() }
func (i info) Sys() any           { return i.e }
