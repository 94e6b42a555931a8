// SPDX-License-Identifier: Apache-2.0

package images

import (
	"io/fs"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/bootlace-net/bootlace/internal/diskfile"
)

// Bounds of a listing: menus are for people, and a directory somebody pointed at by mistake must not stop the server.
const (
	maxNames   = 20_000
	maxVisited = 100_000
	maxAge     = 2 * time.Second
)

// listing remembers the names of a store for a moment: every rendered menu asks for them.
type listing struct {
	mu    sync.Mutex
	at    time.Time
	of    *directory
	names []string
	lower map[string]string // lower case to the name; "" where two names differ by case only. Made when it is first asked for
}

// Names lists what can be opened, images of the vault and the embedded loaders included, sorted. Directories that are symbolic links are not
// walked into (their files can be opened all the same), hidden files are left out, and the list ends at 20,000 names.
// It may be up to two seconds old. Callers must not change it.
func (s *Store) Names() []string {
	s.listing.mu.Lock()
	defer s.listing.mu.Unlock()
	return s.refresh()
}

// Fold gives the name that differs from name by case only, as Windows loaders ask; false where there is none, or more than
// one. It knows what [Store.Names] lists.
func (s *Store) Fold(name string) (string, bool) {
	s.listing.mu.Lock()
	defer s.listing.mu.Unlock()
	names := s.refresh()
	if s.listing.lower == nil {
		s.listing.lower = make(map[string]string, len(names))
		for _, n := range names {
			l := strings.ToLower(n)
			if _, twice := s.listing.lower[l]; twice {
				n = ""
			}
			s.listing.lower[l] = n
		}
	}
	found := s.listing.lower[strings.ToLower(name)]
	return found, found != ""
}

// refresh reads the names again when they are old, or of another directory. The listing is locked.
func (s *Store) refresh() []string {
	l := &s.listing
	dir, err := s.dir.current()
	if err != nil {
		dir = nil
	}
	if l.names == nil || l.of != dir || time.Since(l.at) > maxAge {
		l.names, l.lower, l.of, l.at = s.walk(dir), nil, dir, time.Now()
	}
	return l.names
}

// forget makes the next question read the names again.
func (l *listing) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.names = nil
}

func (s *Store) walk(dir *directory) []string {
	names := make([]string, 0, len(s.embedded))
	for name := range s.embedded {
		names = append(names, name)
	}
	if dir != nil {
		names = walkRoot(dir.Root, names)
	}
	names = s.fromVault(names)
	slices.Sort(names)
	return slices.Compact(names)
}

// fromVault adds the files of images.
func (s *Store) fromVault(names []string) []string {
	list, _ := s.vault.List() // those that cannot be used are no files
	for _, m := range list {
		if s.Hides(m.Name) {
			continue
		}
		for _, f := range m.Files {
			if len(names) >= maxNames {
				return names
			}
			names = append(names, m.Name+"/"+f.Path)
		}
	}
	return names
}

func walkRoot(root *diskfile.Root, names []string) []string {
	visited := 0
	// What cannot be read is left out of the list: a menu does without it, and opening it by name tells why.
	_ = fs.WalkDir(root.FS(), ".", func(path string, d fs.DirEntry, err error) error {
		visited++
		switch {
		case len(names) >= maxNames || visited > maxVisited:
			return fs.SkipAll
		case err != nil:
			return nil
		case path != "." && d.Name()[0] == '.':
			if d.IsDir() {
				return fs.SkipDir
			}
		case isFile(root, path, d):
			names = append(names, path)
		}
		return nil
	})
	return names
}

func isFile(root *diskfile.Root, path string, d fs.DirEntry) bool {
	if d.Type()&fs.ModeSymlink == 0 {
		return d.Type().IsRegular()
	}
	info, err := root.Stat(path)
	return err == nil && info.Mode().IsRegular()
}
