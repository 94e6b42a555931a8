// SPDX-License-Identifier: Apache-2.0

package vault

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/bootlace-net/bootlace/boot"
)

// Bounds of what a manifest may say: a DVD of packages has some thousand files.
const (
	maxManifest  = 16 << 20 // bytes
	maxFiles     = 20_000
	maxExtents   = 4096 // of one file
	maxWords     = 200
	maxText      = 4096
	maxRewritten = 64 << 10 // bytes of a text, and maxWords texts
	maxSize      = 1 << 42  // of a file, in bytes
)

// Check says what is wrong with a manifest; nil if nothing is.
func (m *Manifest) Check() error {
	if m.Format != Format {
		return fmt.Errorf("bootlace_image is %d: expected %d; a newer bootlace may have written it", m.Format, Format)
	}
	if err := CheckName(m.Name); err != nil {
		return err
	}
	switch {
	case !segment(m.Family) || !segment(m.Version) || !word(m.Arch):
		return errors.New("expected family, version and arch, one word each")
	case m.LeastMemory < 0 || m.LeastMemory > maxSize:
		return errors.New("least_memory: expected a number of bytes")
	case len(m.Origins) == 0 || len(m.Origins) > maxFiles:
		return errors.New("expected origins: where its bytes came from")
	case len(m.Title) > maxText || control(m.Title):
		return errors.New("title: expected a line of text")
	}
	return errors.Join(m.checkFiles(), m.checkCmdline(), m.checkOrigins(), m.checkRewritten())
}

func (m *Manifest) checkRewritten() error {
	if len(m.Rewritten) > maxWords {
		return fmt.Errorf("rewritten: expected at most %d texts", maxWords)
	}
	for _, r := range m.Rewritten {
		switch {
		case m.File(r.Path) == nil:
			return fmt.Errorf("rewritten: %s is none of the files", clip(r.Path))
		case len(r.Text) > maxRewritten || !utf8.ValidString(r.Text) || control(strings.NewReplacer("\n", "", "\t", "").Replace(r.Text)):
			return fmt.Errorf("rewritten: %s is no text of at most %d bytes", clip(r.Path), maxRewritten)
		}
	}
	return nil
}

func word(s string) bool {
	return s != "" && len(s) <= maxSegment && !strings.ContainsAny(s, " /\\") && !control(s)
}

func control(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f })
}

func (m *Manifest) checkFiles() error {
	if len(m.Files) == 0 || len(m.Files) > maxFiles {
		return fmt.Errorf("expected 1 to %d files, got %d", maxFiles, len(m.Files))
	}
	paths, roles := make(map[string]bool), make(map[Role]int)
	sizes := make(map[Digest]int64)
	for i := range m.Files {
		f := &m.Files[i]
		if err := f.check(); err != nil {
			return err
		}
		if paths[f.Path] {
			return fmt.Errorf("file %s is there twice", f.Path)
		}
		if old, ok := sizes[f.Digest]; ok && old != f.Size {
			return fmt.Errorf("file %s has the digest of another one and not its size", f.Path)
		}
		paths[f.Path], sizes[f.Digest] = true, f.Size
		roles[f.Role]++
	}
	for _, r := range []Role{RoleKernel, RoleProgram, RoleISO} {
		if roles[r] > 1 {
			return fmt.Errorf("expected at most one file in the role of %s", r)
		}
	}
	return m.checkTree(paths)
}

// checkTree refuses a path that would be both a file and a directory.
func (m *Manifest) checkTree(paths map[string]bool) error {
	for p := range paths {
		for i := range len(p) {
			if p[i] == '/' && paths[p[:i]] {
				return fmt.Errorf("file %s lies below another file", clip(p))
			}
		}
	}
	return nil
}

func (f *File) check() error {
	if err := checkPath(f.Path); err != nil {
		return err
	}
	switch {
	case !slices.Contains(Roles(), f.Role):
		return fmt.Errorf("file %s: role %q is none of %v", f.Path, clip(string(f.Role)), Roles())
	case f.Digest.IsZero() || f.Source.Blob.IsZero():
		return fmt.Errorf("file %s: expected a digest and a source", f.Path)
	case f.Size < 0 || f.Size > maxSize:
		return fmt.Errorf("file %s: its size cannot be", f.Path)
	case f.Source.Extents == nil && f.Source.Blob != f.Digest:
		return fmt.Errorf("file %s is a whole blob: expected one digest", f.Path)
	case len(f.As) > maxSegment || control(f.As) || strings.ContainsAny(f.As, " ="):
		return fmt.Errorf("file %s: as is no name", f.Path)
	case f.Role == RoleISO && f.As != "" && !boot.IsPlace(f.As):
		return fmt.Errorf("file %s: as is no path", f.Path)
	case len(f.Source.Extents) > maxExtents:
		return fmt.Errorf("file %s is in more than %d pieces", f.Path, maxExtents)
	}
	return f.checkExtents()
}

func (f *File) checkExtents() error {
	if f.Source.Extents == nil {
		return nil
	}
	var sum int64
	for _, e := range f.Source.Extents {
		if e.Offset < 0 || e.Length < 0 || e.Length == 0 && f.Size > 0 || e.Offset > maxSize || e.Length > maxSize {
			return fmt.Errorf("file %s: a piece of it cannot be where it is said to be", f.Path)
		}
		sum += e.Length
	}
	if sum != f.Size {
		return fmt.Errorf("file %s: its pieces have %d bytes, and it %d", f.Path, sum, f.Size)
	}
	return nil
}

// checkCmdline refuses what the templates of profiles would take for more than words: a manifest is data, whoever made it.
func (m *Manifest) checkCmdline() error {
	if len(m.Cmdline) > maxWords {
		return fmt.Errorf("cmdline: expected at most %d words", maxWords)
	}
	for _, w := range m.Cmdline {
		if w == "" || len(w) > maxText || control(w) || strings.Contains(w, "{{") || strings.Contains(w, "}}") || strings.Contains(w, "${") {
			return fmt.Errorf("cmdline: %q cannot be an argument: expected words without {{, }} and ${", clip(w))
		}
	}
	return nil
}

func (m *Manifest) checkOrigins() error {
	trusts := []Trust{TrustOpenPGP, TrustMinisign, TrustCosign, TrustDigest, TrustFirstUse, TrustInherited}
	for _, o := range m.Origins {
		if o.URL == "" || len(o.URL) > maxText || control(o.URL+o.Key+o.Signature) || len(o.Key+o.Signature) > maxText {
			return errors.New("origins: expected a URL in each")
		}
		if !slices.Contains(trusts, o.Trust) || o.Digest.IsZero() || o.Size < 0 {
			return fmt.Errorf("origin %s: expected digest, size and trust, one of %v", clip(o.URL), trusts)
		}
	}
	return nil
}
