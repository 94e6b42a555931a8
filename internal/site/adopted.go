// SPDX-License-Identifier: Apache-2.0

package site

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/bootlace-net/bootlace/configs"
)

// adoptedFile is where hosts are written to that are adopted; "" if there is no place for them.
func adoptedFile(dir string, s *configs.Server) string {
	switch {
	case dir == "" || s.Adopted == "" && s.State == "":
		return ""
	case s.Adopted == "":
		return filepath.Join(s.State, "hosts", "adopted.yaml")
	case filepath.IsAbs(s.Adopted):
		return s.Adopted
	}
	return filepath.Join(dir, s.Adopted)
}

// AdoptedFile is where hosts are written to that are adopted; "" if there is no place for them.
func (s *Site) AdoptedFile() string { return s.file }

// within gives the name of a file below a directory's hosts/, where it is read with the directory.
func within(dir, file string) (name string, ok bool) {
	name, err := filepath.Rel(dir, file)
	name = filepath.ToSlash(name)
	ext := path.Ext(name)
	return name, err == nil && strings.HasPrefix(name, "hosts/") && (ext == ".yaml" || ext == ".yml") && !strings.Contains(name, "/.")
}

// adopted reads the file of hosts that were adopted; nil if there is none, or if it was read with the directory.
func (how *reading) adopted(dir string, s *configs.Server) *configs.Spec {
	file := adoptedFile(dir, s)
	if file == "" {
		return nil
	}
	there := !missing(file)
	if _, read := within(dir, file); read && there || !there && !how.instead.is(file) {
		return nil
	}
	base := filepath.Dir(file)
	return configs.HostsFile(how.instead.in(os.DirFS(base), base), filepath.Base(file), base)
}

func missing(file string) bool {
	_, err := os.Stat(file)
	return errors.Is(err, fs.ErrNotExist)
}

// instead is what a file is to be taken for that is not written yet.
type instead struct {
	file    string
	content []byte
}

// is reports whether it stands for a file. nil stands for none.
func (i *instead) is(file string) bool { return i != nil && i.file == file }

// in gives the files of a directory, with the one in its place. nil changes nothing.
func (i *instead) in(files fs.FS, dir string) fs.FS {
	if i == nil {
		return files
	}
	name, err := filepath.Rel(dir, i.file)
	if err != nil {
		return files
	}
	return replacing{files, filepath.ToSlash(name), i.content}
}

// replacing has other content for one file.
type replacing struct {
	fs.FS
	name    string
	content []byte
}

// Open follows fs.FS.
func (r replacing) Open(name string) (fs.File, error) {
	if name != r.name {
		return r.FS.Open(name)
	}
	return &draft{bytes.NewReader(r.content), path.Base(name), int64(len(r.content))}, nil
}

// draft is a file that is not written yet. It follows fs.File and fs.FileInfo.
type draft struct {
	*bytes.Reader
	name string
	size int64
}

func (d *draft) Stat() (fs.FileInfo, error) { return d, nil }
func (d *draft) Close() error               { return nil }
func (d *draft) Name() string               { return d.name }
func (d *draft) Size() int64                { return d.size }
func (d *draft) Mode() fs.FileMode          { return 0o444 }
func (d *draft) ModTime() time.Time         { return time.Time{} }
func (d *draft) IsDir() bool                { return false }
func (d *draft) Sys() any                   { return nil }
