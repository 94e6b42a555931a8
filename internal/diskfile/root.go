// SPDX-License-Identifier: Apache-2.0

package diskfile

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Root is a directory that files are served from. Nothing outside is ever opened: every name is opened by an [os.Root]. Unlike
// that it follows symbolic links which are absolute, if they point into the directory, be it by the path that it was opened by
// or by the one where it really is.
type Root struct {
	*os.Root
	places [][]string // those paths, in parts
}

// OpenRoot opens a directory, which may be a symbolic link.
func OpenRoot(name string) (*Root, error) {
	root, err := os.OpenRoot(name)
	if err != nil {
		return nil, err
	}
	r := &Root{Root: root}
	if abs, err := filepath.Abs(name); err == nil {
		r.places = append(r.places, parts(abs))
		if real, err := filepath.EvalSymlinks(abs); err == nil {
			r.places = append(r.places, parts(real))
		}
	}
	return r, nil
}

// Open opens a file or a directory for reading; a named pipe does not block it.
func (r *Root) Open(name string) (f *os.File, err error) {
	err = r.followed(name, func(name string) error {
		f, err = r.OpenFile(name, OpenFlags, 0)
		return err
	})
	return f, err
}

// Stat describes what Open would open.
func (r *Root) Stat(name string) (info fs.FileInfo, err error) {
	err = r.followed(name, func(name string) error {
		info, err = r.Root.Stat(name)
		return err
	})
	return info, err
}

// followed does something by a name, and where os.Root does not go along with it, by the name that its links lead to. That name
// is only a proposal: who changes links meanwhile does not get out either, because os.Root has the last word about it as well.
func (r *Root) followed(name string, do func(name string) error) error {
	err := do(name)
	if err == nil || errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return err
	}
	if plain, ok := r.resolve(name); ok {
		return do(plain)
	}
	return err
}

// mostLinks is how many symbolic links may be on the way to a file, as for Linux.
const mostLinks = 40

// resolve gives the name without any link on its way; false where it leads outside, to nothing, or in circles.
func (r *Root) resolve(name string) (string, bool) {
	var done []string
	links := 0
	for todo := parts(name); len(todo) > 0; {
		part := todo[0]
		todo = todo[1:]
		if part == ".." || part == "." {
			if !r.isDir(done) || part == ".." && len(done) == 0 {
				return "", false
			}
			if part == ".." {
				done = done[:len(done)-1]
			}
			continue
		}
		target, err := r.Readlink(path.Join(append(slices.Clone(done), part)...))
		if errors.Is(err, fs.ErrNotExist) {
			return "", false
		}
		if err != nil { // no link
			done = append(done, part)
			continue
		}
		if links++; links > mostLinks {
			return "", false
		}
		way := parts(target)
		if filepath.IsAbs(target) {
			var ok bool
			if way, ok = r.inside(way); !ok {
				return "", false
			}
			done = nil
		}
		todo = append(way, todo...)
	}
	return path.Join(append([]string{"."}, done...)...), links > 0
}

// isDir reports whether a name without links is a directory.
func (r *Root) isDir(name []string) bool {
	info, err := r.Lstat(path.Join(append([]string{"."}, name...)...))
	return err == nil && info.IsDir()
}

// inside gives the way from the directory to an absolute path, if it begins with the directory.
func (r *Root) inside(way []string) ([]string, bool) {
	for _, place := range r.places {
		if len(way) >= len(place) && slices.Equal(way[:len(place)], place) {
			return slices.Clone(way[len(place):]), true
		}
	}
	return nil, false
}

// parts divides a path. What means nothing is left out, but not "..": where that leads depends on what the parts before it are; nor
// the end of one that can only be a directory's: that is ".".
func parts(name string) []string {
	name = filepath.ToSlash(name)
	all := slices.DeleteFunc(strings.Split(name, "/"), func(p string) bool { return p == "" || p == "." })
	if len(all) > 0 && (strings.HasSuffix(name, "/") || strings.HasSuffix(name, "/.")) {
		all = append(all, ".")
	}
	return all
}
