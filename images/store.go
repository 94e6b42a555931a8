// SPDX-License-Identifier: Apache-2.0

package images

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/images/vault"
	"github.com/bootlace-net/bootlace/internal/diskfile"
)

// Store is a directory of images with the embedded loaders below it. It is safe for concurrent use.
type Store struct {
	dir      watchedDir
	vault    *vault.Vault
	embedded map[string]*marked
	listing  listing
	marks    marks
}

// Open makes a store of the directory dir, which may be a symbolic link, and of a vault. An empty dir means no directory at
// all; one that does not exist yet gives a store without it (see [Store.Note]) and is looked for again later. Any other
// trouble with it is an error.
func Open(dir string, v *vault.Vault) (*Store, error) {
	s := &Store{dir: watchedDir{path: dir}, vault: v, embedded: embedded()}
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
	s.vault.Refresh()
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

// Open opens the regular file of that slash-separated name: the operator's, else that of an image of the vault, else the
// embedded one. Symbolic links are followed as long as they stay inside the directory, absolute ones too.
//
// The error is fs.ErrNotExist for what is not there or is no regular file, fs.ErrPermission for what may not be read or
// leads outside, fs.ErrInvalid for a name that is not a clean relative path, [vault.RotError] for what is not any more what
// it was, or else what the system said; it never holds the directory's own path.
func (s *Store) Open(name string) (boot.File, error) {
	if !fs.ValidPath(name) || name == "." || strings.Contains(name, `\`) {
		return nil, pathError(name, fs.ErrInvalid)
	}
	f, err := s.openDisk(name)
	if !errors.Is(err, fs.ErrNotExist) {
		return f, err
	}
	if m, _ := s.vault.Owner(name); m != nil && !s.Hides(m.Name) {
		return s.openVault(name)
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

// openVault opens a file of an image.
func (s *Store) openVault(name string) (boot.File, error) {
	f, err := s.vault.Open(name)
	if err != nil {
		return nil, err
	}
	return markedFile{f, &s.marks}, nil
}

// Rewriting is the text that a machine gets in the place of a file of an image, in which {url} stands for the address of the image's files,
// and the name of that image; ok is false for all other names.
func (s *Store) Rewriting(name string) (text, image string, ok bool) {
	m, path := s.vault.Owner(name)
	if m == nil || len(m.Rewritten) == 0 || s.Hides(m.Name) {
		return "", "", false
	}
	text, ok = m.Rewriting(path)
	return text, m.Name, ok
}

// Hides reports whether the operator's directory has something of an image's name. Then all of that image is hidden by it: a
// kernel of one and an initrd of the other would be a machine that does not boot.
func (s *Store) Hides(image string) bool {
	root, err := s.dir.current()
	if err != nil {
		return false
	}
	_, err = root.Lstat(image)
	return !errors.Is(err, fs.ErrNotExist) && !isNotDir(err)
}

// Vault is where images are kept.
func (s *Store) Vault() *vault.Vault { return s.vault }

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
