// SPDX-License-Identifier: Apache-2.0

package vault

import (
	"slices"
	"strings"
	"time"
)

// Format is the version of manifests that is written and understood.
const Format = 1

// Manifest says what an image is made of.
type Manifest struct {
	Format  int    `json:"bootlace_image"` // see [Format]
	Name    string `json:"name"`           // family/version, or family/version/architecture
	Title   string `json:"title,omitempty"`
	Family  string `json:"family"`
	Version string `json:"version"`
	Arch    string `json:"arch"` // instruction set as package boot names it: x86_64, arm64; "any" where it does not matter

	Files []File `json:"files"` // in the order of the medium; initrds in the order in which they are given to the kernel
	// Cmdline are the kernel's arguments, one word or more each. {url} in them is the address of the image's files on the
	// server that is asked, with a slash at its end.
	Cmdline     []string    `json:"cmdline,omitempty"`
	Rewritten   []Rewritten `json:"rewritten,omitempty"`    // files that are served with other words than the medium has
	FoldCase    bool        `json:"fold_case,omitempty"`    // its files are asked for in capitals that they do not have
	LeastMemory int64       `json:"least_memory,omitempty"` // of a machine that boots it, in bytes; 0: not known

	Origins []Origin  `json:"origins"` // where the bytes came from, and why they are trusted
	Added   time.Time `json:"added"`
}

// Rewritten is a text file that depends on where it is served: {url} in it is as in Cmdline.
type Rewritten struct {
	Path string `json:"path"`
	Text string `json:"text"`
}

// Role is what a file of an image is to the machine that boots it.
type Role string

// The roles. Of kernel, program and iso there is at most one.
const (
	RoleKernel  Role = "kernel"  // started by the loader, with the arguments
	RoleInitrd  Role = "initrd"  // given to the kernel, in order
	RoleShim    Role = "shim"    // verifies the kernel under Secure Boot
	RoleProgram Role = "program" // a boot program that is started by itself
	RoleISO     Role = "iso"     // the medium as a whole; with As it is given to the kernel, too, after the initrds
	RoleOther   Role = "other"   // fetched by what is started: a file system, a package
)

// Roles lists them.
func Roles() []Role {
	return []Role{RoleKernel, RoleInitrd, RoleShim, RoleProgram, RoleISO, RoleOther}
}

// File is one file of an image.
type File struct {
	Role   Role   `json:"role"`
	Path   string `json:"path"`         // inside the image: machines ask for NAME/PATH
	As     string `json:"as,omitempty"` // the name by which it is put into the memory of what is started, of an ISO a path; empty: any
	Digest Digest `json:"digest"`
	Size   int64  `json:"size"` // in bytes
	Source Source `json:"source"`
}

// Source is where the bytes of a file are: a blob, or stretches of one.
type Source struct {
	Blob    Digest   `json:"blob"`
	Extents []Extent `json:"extents,omitempty"` // one after the other; none: the whole blob
}

// Extent is a stretch of a blob, in bytes.
type Extent struct {
	Offset int64 `json:"offset"`
	Length int64 `json:"length"`
}

// Trust is why what was fetched is taken for what its makers made.
type Trust string

// The reasons.
const (
	TrustOpenPGP   Trust = "openpgp"   // a signature by Key, over it or over the list that holds its digest
	TrustMinisign  Trust = "minisign"  // a signature by Key
	TrustCosign    Trust = "cosign"    // a signature by Key
	TrustDigest    Trust = "sha256"    // whoever fetched it said which digest it must have
	TrustFirstUse  Trust = "first-use" // nothing: whoever fetched it took what came
	TrustInherited Trust = "inherited" // it was taken out of another one of the origins
)

// Origin is where bytes came from, and why they are trusted.
type Origin struct {
	URL       string    `json:"url"` // or a path
	Digest    Digest    `json:"digest"`
	Size      int64     `json:"size"`
	Trust     Trust     `json:"trust"`
	Key       string    `json:"key,omitempty"`       // fingerprint or id of the key, where one has signed
	Signature string    `json:"signature,omitempty"` // where the signature was
	Signed    time.Time `json:"signed,omitzero"`     // when, as the signature says
	Fetched   time.Time `json:"fetched"`
}

// File finds a file by its path, whatever its capitals where they do not matter; nil if there is none.
func (m *Manifest) File(path string) *File {
	i := slices.IndexFunc(m.Files, func(f File) bool { return f.Path == path })
	if i < 0 && m.FoldCase {
		i = slices.IndexFunc(m.Files, func(f File) bool { return strings.EqualFold(f.Path, path) })
	}
	if i < 0 {
		return nil
	}
	return &m.Files[i]
}

// Rewriting is the text that is served in the place of a file; ok is false where that is served as it is.
func (m *Manifest) Rewriting(path string) (text string, ok bool) {
	f := m.File(path)
	if f == nil {
		return "", false
	}
	i := slices.IndexFunc(m.Rewritten, func(r Rewritten) bool { return r.Path == f.Path })
	if i < 0 {
		return "", false
	}
	return m.Rewritten[i].Text, true
}

// Of lists the paths of the files that have a role, in order.
func (m *Manifest) Of(r Role) (paths []string) {
	for _, f := range m.Files {
		if f.Role == r {
			paths = append(paths, f.Path)
		}
	}
	return paths
}

// Size is how many bytes its blobs have, each counted once; of blobs that only extents are known of, those.
func (m *Manifest) Size() (n int64) {
	seen := make(map[Digest]bool)
	for _, f := range m.Files {
		if f.Source.Extents == nil && !seen[f.Source.Blob] {
			seen[f.Source.Blob] = true
			n += f.Size
		}
	}
	for _, f := range m.Files {
		if f.Source.Extents != nil && !seen[f.Source.Blob] {
			n += f.Size
		}
	}
	return n
}

// Unproved reports whether something of it is trusted for no other reason than that it came.
func (m *Manifest) Unproved() bool {
	return slices.ContainsFunc(m.Origins, func(o Origin) bool { return o.Trust == TrustFirstUse })
}

// Weakest says why the least trusted of its origins is trusted.
func (m *Manifest) Weakest() Trust {
	for _, t := range []Trust{TrustFirstUse, TrustDigest} {
		if slices.ContainsFunc(m.Origins, func(o Origin) bool { return o.Trust == t }) {
			return t
		}
	}
	for _, o := range m.Origins {
		if o.Trust != TrustInherited {
			return o.Trust
		}
	}
	return TrustInherited
}

// blobs lists the digests that it needs, each once.
func (m *Manifest) blobs() (list []Digest) {
	seen := make(map[Digest]bool)
	for _, f := range m.Files {
		if !seen[f.Source.Blob] {
			seen[f.Source.Blob] = true
			list = append(list, f.Source.Blob)
		}
	}
	return list
}
