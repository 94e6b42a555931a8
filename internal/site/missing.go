// SPDX-License-Identifier: Apache-2.0

package site

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/bootlace-net/bootlace/boot"
)

// Missing gives a problem for every file that profiles name and that the store does not open, or that cannot do without another
// one that it does not, in the order of files and lines.
func (s *Site) Missing() []boot.Problem {
	var problems []boot.Problem
	for _, f := range s.Catalog.Files() {
		if f.Trouble != "" {
			problems = append(problems, troubled(f))
		} else if err := s.stat(f.Name); err != nil {
			problems = append(problems, s.missing(f, err))
		} else if p, lacks := s.alone(f); lacks {
			problems = append(problems, p)
		}
	}
	return problems
}

// troubled tells of an image that cannot be booted.
func troubled(f boot.FileUse) boot.Problem {
	return boot.Problem{Pos: f.Pos, What: f.What + " " + f.As + " " + f.Trouble, Expected: f.Expected}
}

// alone reports a boot program without the file beside it that it loads first.
func (s *Site) alone(f boot.FileUse) (boot.Problem, bool) {
	names, always := boot.Companions(f.Name)
	if len(names) == 0 || slices.ContainsFunc(names, func(name string) bool { return s.stat(name) == nil }) {
		return boot.Problem{}, false
	}
	p := boot.Problem{Pos: f.Pos, What: f.What + " " + f.As + " cannot start without " + names[0], Warning: !always,
		Expected: "expected that file in " + s.ImagesDir()}
	if !always {
		p.Expected += ", unless the program is older than SYSLINUX 5"
	}
	return p, true
}

// stat opens a file of the store, only to see whether it can be had.
func (s *Site) stat(name string) error {
	f, err := s.Images.Open(name)
	if err == nil {
		_ = f.Close() // only looked
	}
	return err
}

func (s *Site) missing(f boot.FileUse, err error) boot.Problem {
	p := boot.Problem{Pos: f.Pos, What: f.What + " " + f.As + " " + s.trouble(f.Name, err)}
	if !errors.Is(err, fs.ErrPermission) {
		p.Expected = "expected a file there"
		if from := helpers()[f.Name]; from != "" {
			p.Expected += ": " + from
		}
		if near := boot.Nearest(f.Name, s.Images.Names()); near != "" {
			p.Expected = "did you mean " + near + "?"
		}
	}
	return p
}

// helpers says where the programs are to be had that start what no loader starts by itself.
func helpers() map[string]string {
	return map[string]string{
		"wimboot": "it is to be had at https://github.com/ipxe/wimboot/releases/latest",
		"memdisk": "it is in Debian's package syslinux-common (usr/lib/syslinux/memdisk)",
	}
}

// trouble says in words, for the operator, why the store does not open a name.
func (s *Site) trouble(name string, err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrInvalid):
		return "does not exist in " + s.ImagesDir()
	case errors.Is(err, fs.ErrPermission) && !denied(s.path(name)):
		return "leads out of " + s.ImagesDir()
	default:
		return "cannot be read: " + err.Error()
	}
}

// denied reports whether this process may not read a file, whatever the store says of it.
func denied(path string) bool {
	f, err := os.Open(path)
	if err == nil {
		_ = f.Close() // only looked
	}
	return errors.Is(err, fs.ErrPermission)
}

// path is where an image is on disk.
func (s *Site) path(name string) string {
	path := filepath.Join(s.ImagesDir(), filepath.FromSlash(name))
	if blob := s.Images.Vault().Path(name); blob != "" && !exists(path) {
		return blob
	}
	return path
}
