// SPDX-License-Identifier: Apache-2.0

package loaders

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// Dir is the directory of the sets below that of images.
const Dir = "loaders"

// manifest is the file in a set's directory that says what is in it. It is no program, and hidden from menus.
const manifest = ".set.json"

// Set is what a manifest says.
type Set struct {
	Name  string    `json:"name"`
	From  []string  `json:"from"` // what it was made of, by the names of the sources
	Added time.Time `json:"added"`
	Files []File    `json:"files"`
}

// File is a program of a set.
type File struct {
	Path     string   `json:"path"` // in the set's directory
	CPU      string   `json:"cpu"`  // as boot.Arch names it; "bios" for a program of a BIOS
	Role     Role     `json:"role"`
	Version  string   `json:"version,omitempty"`
	Size     int64    `json:"size"`
	SHA256   string   `json:"sha256"`
	SignedBy []string `json:"signed_by,omitempty"` // the authorities of all signatures that are valid
}

// Role is what a program is for.
type Role string

// The roles.
const (
	IPXE    Role = "ipxe"    // with drivers of its own
	SNPOnly Role = "snponly" // iPXE that uses the firmware's driver
	Shim    Role = "shim"
	GRUB    Role = "grub"
	Tool    Role = "tool" // MokManager, fallback
	Other   Role = "other"
)

// BIOS is the CPU of programs that a BIOS starts.
const BIOS = "bios"

// CheckName says what is wrong with the name of a set.
func CheckName(name string) error {
	if !regexp.MustCompile(`^[a-z0-9][a-z0-9.+_-]{0,31}$`).MatchString(name) {
		return fmt.Errorf("set %.40q: expected a name of small letters, digits and .+_-, at most 32", name)
	}
	return nil
}

// List reads the manifests of all sets below a directory of images. Sets that cannot be read are told of in the error, beside the others.
func List(images string) (sets []Set, err error) {
	entries, err := os.ReadDir(filepath.Join(images, Dir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	for _, e := range entries {
		if CheckName(e.Name()) != nil {
			continue
		}
		set, rerr := Read(images, e.Name())
		switch {
		case errors.Is(rerr, fs.ErrNotExist): // somebody's own directory
		case rerr != nil:
			err = errors.Join(err, rerr)
		default:
			sets = append(sets, *set)
		}
	}
	return sets, err
}

// Read reads the manifest of one set; fs.ErrNotExist if there is none.
func Read(images, name string) (*Set, error) {
	if err := CheckName(name); err != nil {
		return nil, err
	}
	b, err := os.ReadFile(filepath.Join(images, Dir, name, manifest))
	if err != nil {
		return nil, err
	}
	s := &Set{}
	if err := json.Unmarshal(b, s); err != nil {
		return nil, fmt.Errorf("set %s: %w", name, err)
	}
	for _, f := range s.Files {
		if !fs.ValidPath(f.Path) || strings.Contains(f.Path, `\`) {
			return nil, fmt.Errorf("set %s: its manifest names the file %q", name, f.Path)
		}
	}
	s.Name = name
	return s, nil
}
