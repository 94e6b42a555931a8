// SPDX-License-Identifier: Apache-2.0

package isoimage

import (
	"fmt"
	"io/fs"
	"strings"

	"github.com/bootlace-net/bootlace/images/vault"
	"github.com/bootlace-net/bootlace/internal/iso"
	"github.com/bootlace-net/bootlace/internal/media"
)

// filler collects the files of a medium.
type filler struct {
	image   *iso.Image
	blob    vault.Digest
	files   []vault.File
	there   map[string]bool // by path
	fold    bool            // it names files in capitals that they do not have
	skipped int             // files whose names or places nobody could ask for
	links   int             // links to directories
}

// all takes what is started, what that fetches, and, of a repository, everything.
func (f *filler) all(m *media.Medium) error {
	as := make(map[string]string)
	for _, i := range m.Boot.Initrds {
		as[i.Path] = i.As
	}
	initrds := make(map[string]bool)
	for _, i := range m.Boot.Initrds {
		initrds[i.Path] = true
	}
	for _, file := range m.Files {
		role := vault.Role(file.Role)
		if file.Role == media.ISO || role == vault.RoleInitrd && !initrds[file.Path] {
			role = vault.RoleOther
		}
		if err := f.add(role, file.Path, as[file.Path]); err != nil {
			return err
		}
	}
	for _, r := range m.Rewritten {
		if err := f.add(vault.RoleOther, r.Path, ""); err != nil {
			return err
		}
	}
	if !m.Everything {
		return nil
	}
	return f.image.Walk(func(path string, e *iso.Entry) error {
		switch {
		case e.Mode.IsRegular(), e.Mode&fs.ModeSymlink != 0:
			return f.add(vault.RoleOther, path, "")
		}
		return nil
	})
}

// add takes a file of the medium, once. Links to files are files here; what cannot be served is counted.
func (f *filler) add(role vault.Role, path, as string) error {
	if f.there[path] {
		return nil
	}
	f.there[path] = true
	e, err := f.image.Lookup(path, iso.Case(f.fold))
	switch {
	case err != nil, !fs.ValidPath(path), strings.ContainsFunc(path, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\\' }):
		return f.skip(role, path)
	case e.Mode.IsDir():
		f.links++
		return nil
	case !e.Mode.IsRegular() || e.Refusal != "":
		return f.skip(role, path)
	}
	file := vault.File{Role: role, Path: path, As: as, Size: e.Size, Source: vault.Source{Blob: f.blob, Extents: []vault.Extent{}}}
	for _, x := range e.Extents {
		if x.Offset == iso.Hole {
			return f.skip(role, path)
		}
		file.Source.Extents = append(file.Source.Extents, vault.Extent(x))
	}
	if e.Size == 0 {
		file.Source.Extents = []vault.Extent{{}} // nothing of the medium
	}
	content, err := f.image.Content(e)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if file.Digest, _, err = vault.DigestOf(content); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if f.files = append(f.files, file); len(f.files) > maxFiles {
		return fmt.Errorf("%w: it has more than %d files that machines may ask for", ErrCannotBoot, maxFiles)
	}
	return nil
}

// skip leaves out a file that nobody can be given; one that is needed to boot is missed.
func (f *filler) skip(role vault.Role, path string) error {
	if role != vault.RoleOther && role != vault.RoleShim {
		return fmt.Errorf("%w: %s cannot be read from it", ErrCannotBoot, path)
	}
	f.skipped++
	return nil
}

func (f *filler) notes() (notes []string) {
	if f.skipped > 0 {
		notes = append(notes, fmt.Sprintf("%d files of the medium cannot be served and are left out", f.skipped))
	}
	if f.links > 0 {
		notes = append(notes, fmt.Sprintf("%d links to directories of the medium are left out", f.links))
	}
	return notes
}
