// SPDX-License-Identifier: Apache-2.0

package images

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/diskfile"
)

// Store is a directory of images with the embedded loaders below it. It is safe for concurrent use.
type Store struct {
	dir      watchedDir
	embedded map[string]*marked
	listing  listing
	marks    marks
}

// Open makes a store of the directory dir, which may be a symbolic link. An empty dir means no directory at all; one
// that does not exist yet gives a store of the embedded loaders only (see [Store.Note]) and is looked for again later.
// Any other trouble with it is an error.
func Open(dir string) (*Store, error) {
	s := &Store{dir: watchedDir{path: dir}, embedded: embedded()}
	if _, err := s.dir.current(); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("images: %w", err)
	}
	return s, nil
}

// Close lets go of the directory. Files that are open stay readable.
func (s *Store) Close() error { return s.dir.close() }

// Refresh looks the directory up by its path at once, for a reload: requests notice within a second that it was moved,
// replaced or mounted. What is open stays readable; if the directory is gone the store goes on with the embedded loaders.
func (s *Store) Refresh() error {
	s.listing.forget()
	if err := s.dir.refresh(); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("images: %w", err)
	}
	return nil
}

// Note says in words what is unusual about the store; empty if nothing is.
func (s *Store) Note() string {
	switch _, err := s.dir.current(); {
	case s.dir.path == "":
		return "no images directory: only the embedded loaders are served"
	case err != nil:
		return fmt.Sprintf("images directory %s does not exist: only the embedded loaders are served until it is made", s.dir.path)
	default:
		return ""
	}
}

// Open opens the regular file of that slash-separated name: the operator's, else the embedded one. Symbolic links are
// followed as long as they stay inside the directory, absolute ones too.
//
// The error is fs.ErrNotExist for what is not there or is no regular file, fs.ErrPermission for what may not be read or
// leads outside, fs.ErrInvalid for a name that is not a clean relative path, or else what the system said; it never
// holds the directory's own path.
func (s *Store) Open(name string) (boot.File, error) {
	if !fs.ValidPath(name) || name == "." || strings.Contains(name, `\`) {
		return nil, pathError(name, fs.ErrInvalid)
	}
	f, err := s.openDisk(name)
	if !errors.Is(err, fs.ErrNotExist) {
		return f, err
	}
	if m, ok := s.embedded[name]; ok {
		return m, nil
	}
	return nil, err
}

// BuiltIn reports whether Open gives a loader of the program itself, and not a file of the directory that has its name.
func (s *Store) BuiltIn(name string) bool {
	if s.embedded[name] == nil {
		return false
	}
	f, err := s.openDisk(name)
	if err == nil {
		_ = f.Close() // only looked at
	}
	return errors.Is(err, fs.ErrNotExist)
}

func (s *Store) openDisk(name string) (boot.File, error) {
	root, err := s.dir.current()
	if err != nil {
		return nil, pathError(name, fs.ErrNotExist)
	}
	f, err := root.Open(name)
	if err != nil {
		return nil, pathError(name, root.reason(err))
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fs.ErrNotExist
	}
	if err != nil {
		_ = f.Close()
		return nil, pathError(name, err)
	}
	return markedFile{diskfile.New(f, info), &s.marks}, nil
}

// reason reduces an error of os.Root to those that Open promises.
func (d *directory) reason(err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist), isNotDir(err):
		return fs.ErrNotExist
	case errors.Is(err, d.escapes), errors.Is(err, fs.ErrPermission), isLoop(err):
		return fs.ErrPermission
	}
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

func pathError(name string, err error) error { return &fs.PathError{Op: "open", Path: name, Err: err} }
