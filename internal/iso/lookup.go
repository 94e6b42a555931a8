// SPDX-License-Identifier: Apache-2.0

package iso

import (
	"fmt"
	"io/fs"
	"strings"
)

// mostLinks is how many symbolic links one look-up follows, as Linux has it.
const mostLinks = 40

// Case says whether capitals matter.
type Case bool

// The two ways to compare names. Firmware and loaders of Windows and ESXi ask for names with capitals that the medium does not have.
const (
	Exact    Case = false
	FoldCase Case = true
)

// Lookup finds what a path names, through symbolic links. They lead nowhere but to other places in the image: a target that begins
// with "/" or climbs above the root is an error of fs.ErrNotExist, as are loops. Slashes at the path's ends do not matter.
func (im *Image) Lookup(path string, letters Case) (*Entry, error) {
	s := search{im: im, fold: bool(letters), trail: []*Entry{im.Root}}
	if err := s.follow(path); err != nil {
		return nil, &fs.PathError{Op: "open", Path: path, Err: err}
	}
	return s.here(), nil
}

// lstat is Lookup without following a link at the path's end.
func (im *Image) lstat(path string) (*Entry, error) {
	s := search{im: im, trail: []*Entry{im.Root}}
	dir, last := "", path
	if i := strings.LastIndexByte(path, '/'); i >= 0 {
		dir, last = path[:i], path[i+1:]
	}
	if err := s.follow(dir); err != nil {
		return nil, err
	}
	if last == "." || last == "" {
		return s.here(), nil
	}
	if e := s.here().child(last, false); e != nil {
		return e, nil
	}
	return nil, fs.ErrNotExist
}

// search is a look-up on its way: the directories from the root to where it is.
type search struct {
	im    *Image
	fold  bool
	links int
	trail []*Entry
}

func (s *search) here() *Entry { return s.trail[len(s.trail)-1] }

func (s *search) follow(path string) error {
	for name := range strings.SplitSeq(path, "/") {
		if err := s.step(name); err != nil {
			return err
		}
	}
	return nil
}

func (s *search) step(name string) error {
	switch name {
	case "", ".":
		return nil
	}
	if !s.here().Mode.IsDir() {
		return fs.ErrNotExist
	}
	if name == ".." {
		if len(s.trail) == 1 {
			return fmt.Errorf("%w: the path climbs out of the image", fs.ErrNotExist)
		}
		s.trail = s.trail[:len(s.trail)-1]
		return nil
	}
	e := s.here().child(name, s.fold)
	if e == nil {
		return fs.ErrNotExist
	}
	if e.Mode&fs.ModeSymlink == 0 {
		s.trail = append(s.trail, e)
		return nil
	}
	return s.link(e)
}

func (s *search) link(e *Entry) error {
	if s.links++; s.links > mostLinks {
		return fmt.Errorf("%w: more than %d symbolic links", fs.ErrNotExist, mostLinks)
	}
	if strings.HasPrefix(e.Link, "/") {
		return fmt.Errorf("%w: the link %s leads out of the image, to %s", fs.ErrNotExist, e.Name, e.Link)
	}
	return s.follow(e.Link)
}
