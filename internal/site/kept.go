// SPDX-License-Identifier: Apache-2.0

package site

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/configs"
	"github.com/bootlace-net/bootlace/images/catalog"
	"github.com/bootlace-net/bootlace/images/vault"
)

// Kept is what a configuration says about images that are pulled: where they are, where more are to be had, and who needs them.
type Kept struct {
	Vault   *vault.Vault
	Catalog *catalog.Catalog

	dir    string // of the operator's own images
	drafts []*boot.Draft
}

// OpenKept reads of a configuration what is about images. Mistakes elsewhere are no reason not to: whoever mends them may need an
// image for it.
func OpenKept(dir string, over Overrides) (*Kept, error) {
	spec, err := read(dir, over, reading{})
	if err != nil {
		return nil, err
	}
	for _, p := range spec.Problems {
		if !p.Warning && filepath.Base(p.Pos.File) == "bootlace.yaml" {
			return nil, p
		}
	}
	c, problems := readCatalog(dir)
	if len(problems) > 0 {
		return nil, problems[0]
	}
	server := &spec.Settings.Server
	over.apply(server)
	return &Kept{vault.Open(VaultDir(server)), c, imagesDir(server), spec.Profiles}, nil
}

// readCatalog reads the catalogue with what the operator's file says over it.
func readCatalog(dir string) (*catalog.Catalog, []boot.Problem) {
	file := filepath.Join(dir, catalog.FileName)
	if dir == "" {
		return catalog.Read(configs.Decode, file, nil)
	}
	own, err := os.ReadFile(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		own = nil
	case err != nil:
		return nil, []boot.Problem{{Pos: boot.Pos{File: file}, What: "cannot be read", Expected: err.Error()}}
	}
	return catalog.Read(configs.Decode, file, own)
}

// Uses lists the profiles that name an image, and where.
func (k *Kept) Uses(image string) (uses []string) {
	for _, d := range k.drafts {
		for _, pos := range namedIn(&d.Entry, d.Start, image) {
			if use := fmt.Sprintf("profile %s (%s)", d.Name, pos); !slices.Contains(uses, use) {
				uses = append(uses, use)
			}
		}
	}
	return uses
}

func namedIn(e *boot.Entry, m *boot.Menu, image string) (at []boot.Pos) {
	if e != nil {
		if e.Image.S == image {
			at = append(at, e.Image.Pos)
		}
		for _, v := range e.ByArch {
			at = append(at, namedIn(v, nil, image)...)
		}
	}
	if m != nil {
		for _, e := range m.Entries {
			at = append(at, namedIn(e, e.Menu, image)...)
		}
	}
	return at
}

// HiddenBy names what of the operator's own images hides an image; "" if nothing does.
func (k *Kept) HiddenBy(image string) string {
	if path := filepath.Join(k.dir, filepath.FromSlash(image)); exists(path) {
		return path
	}
	return ""
}
