// SPDX-License-Identifier: Apache-2.0

package media

import (
	"io"
	"io/fs"
	"path"
	"strings"

	"github.com/bootlace-net/bootlace/internal/iso"
)

// mostConfig is the largest text that is read of a medium, in bytes.
const mostConfig = 256 << 10

// look is a medium that is being looked at. Names are compared without capitals: media of ISO 9660 alone have none to rely on.
type look struct {
	image   *iso.Image
	size    int64 // of the whole medium
	entries []entry
	tried   int // entries so far, those that start nothing too
}

// file finds a regular file; nil if there is none.
func (l *look) file(name string) *iso.Entry {
	e, err := l.image.Lookup(name, iso.FoldCase)
	if err != nil || !e.Mode.IsRegular() {
		return nil
	}
	return e
}

func (l *look) has(names ...string) bool {
	for _, name := range names {
		if l.file(name) == nil {
			return false
		}
	}
	return true
}

func (l *look) hasDir(name string) bool {
	e, err := l.image.Lookup(name, iso.FoldCase)
	return err == nil && e.Mode.IsDir()
}

// text reads a small file; "" if there is none.
func (l *look) text(name string) string {
	e := l.file(name)
	if e == nil {
		return ""
	}
	r, err := l.image.Content(e)
	if err != nil {
		return ""
	}
	b, _ := io.ReadAll(io.LimitReader(r, mostConfig)) // what could not be read is as good as what is not there
	return string(b)
}

// first is the first file, in the order of names, that one of the patterns fits: path.Match for the last element of a path.
func (l *look) first(patterns ...string) string {
	for _, pattern := range patterns {
		for _, name := range l.names(path.Dir(pattern)) {
			full := path.Join(path.Dir(pattern), name)
			if ok, err := path.Match(path.Base(pattern), strings.ToLower(name)); err == nil && ok && l.has(full) {
				return l.actual(full)
			}
		}
	}
	return ""
}

// actual is a path as the medium spells it; links in it stay.
func (l *look) actual(name string) string {
	parts := strings.Split(path.Clean(name), "/")
	for i, part := range parts {
		for _, real := range l.names(path.Join(parts[:i]...)) {
			if real == part {
				break
			}
			if strings.EqualFold(real, part) {
				parts[i] = real
			}
		}
	}
	return path.Join(parts...)
}

// names lists a directory.
func (l *look) names(dir string) (all []string) {
	e, err := l.image.Lookup(dir, iso.FoldCase)
	if err != nil {
		return nil
	}
	for _, c := range e.Children() {
		all = append(all, c.Name)
	}
	return all
}

// mostDirs is how many directories are tried one by one where it is not known what they are called: no medium has that many.
const mostDirs = 64

// dirs lists directories in a directory; "" is the top.
func (l *look) dirs(of string) (all []string) {
	e, err := l.image.Lookup(of, iso.FoldCase)
	if err != nil {
		return nil
	}
	for _, c := range e.Children() {
		if c.Mode&fs.ModeDir != 0 && len(all) < mostDirs {
			all = append(all, c.Name)
		}
	}
	return all
}

// bytes adds up sizes of files.
func (l *look) bytes(names ...string) (sum int64) {
	for _, name := range names {
		if name == WholeISO {
			sum += l.size
		} else if e := l.file(name); e != nil {
			sum += e.Size
		}
	}
	return sum
}
