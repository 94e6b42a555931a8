// SPDX-License-Identifier: Apache-2.0

package images

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"sync"

	"github.com/bootlace-net/bootlace/boot"
)

// Store is a directory of images with the embedded loaders below it. It is safe for concurrent use.
type Store struct {
	dir      string
	embedded map[string]*memFile
	listing  listing
	marks    marks

	mu      sync.Mutex
	root    *os.Root // nil while the directory does not exist
	escapes error    // what root says about names that lead out of it
}

// Open makes a store of the directory dir, which may be a symbolic link. An empty dir means no directory at all; one
// that does not exist yet gives a store of the embedded loaders only (see [Store.Note]) and is looked for again later.
// Any other trouble with it is an error.
func Open(dir string) (*Store, error) {
	s := &Store{dir: dir, embedded: embedded()}
	if _, err := s.top(); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("images: %w", err)
	}
	return s, nil
}

// Close lets go of the directory. Files that are open stay readable.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.root == nil {
		return nil
	}
	err := s.root.Close()
	s.root = nil
	return err
}

// Reopen looks the directory up again by its path, for a reload after it was moved or replaced as a whole. What is open
// stays readable; if the directory is gone the store goes on with the embedded loaders.
func (s *Store) Reopen() error {
	s.mu.Lock()
	s.root = nil // not closed: a request may be about to use it; its finalizer closes it
	s.mu.Unlock()
	if _, err := s.top(); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("images: %w", err)
	}
	return nil
}

// Note says in words what is unusual about the store; empty if nothing is.
func (s *Store) Note() string {
	switch _, err := s.top(); {
	case s.dir == "":
		return "no images directory: only the embedded loaders are served"
	case err != nil:
		return fmt.Sprintf("images directory %s does not exist: only the embedded loaders are served until it is made", s.dir)
	default:
		return ""
	}
}

// top gives the open directory, opening it when it has come to be. Without one the error is fs.ErrNotExist.
func (s *Store) top() (*os.Root, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.root != nil {
		return s.root, nil
	}
	if s.dir == "" {
		return nil, fs.ErrNotExist
	}
	root, err := os.OpenRoot(s.dir)
	if err != nil {
		return nil, err
	}
	s.root, s.escapes = root, escapeError(root)
	return root, nil
}

// escapeError asks root for the error it gives when a name leads out; the os package does not export it.
func escapeError(root *os.Root) error {
	_, err := root.Lstat("..")
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return fs.ErrPermission
}

// Open opens the regular file of that slash-separated name: the operator's, else the embedded one. Symbolic links are
// followed as long as they stay inside the directory.
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

func (s *Store) openDisk(name string) (boot.File, error) {
	root, err := s.top()
	if err != nil {
		return nil, pathError(name, fs.ErrNotExist)
	}
	f, err := root.OpenFile(name, openFlags, 0)
	if err != nil {
		return nil, pathError(name, s.reason(err))
	}
	d, err := newDiskFile(f, &s.marks)
	if err != nil {
		_ = f.Close()
		return nil, pathError(name, err)
	}
	return d, nil
}

// reason reduces an error of os.Root to those that Open promises.
func (s *Store) reason(err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist), isNotDir(err):
		return fs.ErrNotExist
	case errors.Is(err, s.escapes), errors.Is(err, fs.ErrPermission), isLoop(err):
		return fs.ErrPermission
	}
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

func pathError(name string, err error) error { return &fs.PathError{Op: "open", Path: name, Err: err} }
