// SPDX-License-Identifier: Apache-2.0

package loaders

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Add makes a set below a directory of images out of archives (tar by gzip, xz, zstd or plain, Debian packages) and directories, of
// which it takes the programs. It is there as a whole or not at all; a set of that name is an error, unless it is to be replaced.
//
// Debian's names become those that shim looks for: "x.efi.signed" becomes "x.efi", in place of the one that is not signed, and
// "grubnetx64.efi" becomes "grubx64.efi".
func Add(images, name string, replace bool, now time.Time, sources ...string) (*Set, error) {
	if err := CheckName(name); err != nil {
		return nil, err
	}
	set := &Set{Name: name, Added: now.UTC().Truncate(time.Second)}
	files := make(map[string][]byte)
	for _, source := range sources {
		c := collection{files: make(map[string][]byte), links: make(map[string]string)}
		if err := c.source(source); err != nil {
			return nil, fmt.Errorf("%s: %w", source, err)
		}
		c.follow()
		maps.Copy(files, renamed(c.files))
		set.From = append(set.From, filepath.Base(source))
	}
	if err := set.describe(files); err != nil {
		return nil, err
	}
	return set, set.publish(images, files, replace)
}

// renamed cuts the directory that all files are in, and gives them the names that they look for one another by.
func renamed(files map[string][]byte) map[string][]byte {
	names := slices.Sorted(maps.Keys(files))
	common := ""
	if len(names) > 0 {
		common = path.Dir(names[0]) + "/"
	}
	for _, n := range names {
		for common != "/" && common != "./" && !strings.HasPrefix(n, common) {
			common = path.Dir(strings.TrimSuffix(common, "/")) + "/"
		}
	}
	out := make(map[string][]byte)
	rank := make(map[string]int) // the signed one, made for the network, wins
	for _, n := range names {
		dir, base := path.Split(strings.TrimPrefix(n, common))
		signed := strings.HasSuffix(base, ".efi.signed")
		base = strings.TrimSuffix(base, ".signed")
		net := strings.HasPrefix(base, "grubnet") && !strings.Contains(base, "-")
		r := 1
		if signed {
			r += 2
		}
		if net {
			base, r = "grub"+strings.TrimPrefix(base, "grubnet"), r+1
		}
		if r > rank[dir+base] {
			out[dir+base], rank[dir+base] = files[n], r
		}
	}
	return out
}

// describe reads all programs; what turns out to be none is left out.
func (s *Set) describe(files map[string][]byte) error {
	for _, name := range slices.Sorted(maps.Keys(files)) {
		f, program, err := describe(name, files[name])
		if err != nil {
			return err
		}
		if program {
			s.Files = append(s.Files, f)
		}
	}
	if len(s.Files) == 0 {
		return errors.New("there is no program for firmware in it: expected files that end in .efi, .efi.signed, .kpxe or .pxe")
	}
	return nil
}

// publish writes everything aside, and then gives it its name.
func (s *Set) publish(images string, files map[string][]byte, replace bool) error {
	parent := filepath.Join(images, Dir)
	final := filepath.Join(parent, s.Name)
	if _, err := os.Lstat(final); err == nil && !replace {
		return fmt.Errorf("set %s: %w; expected another name, or to be told to replace it", s.Name, fs.ErrExist)
	}
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return err
	}
	aside, err := os.MkdirTemp(parent, ".adding-")
	if err != nil {
		return err
	}
	if err = s.write(aside, files); err == nil {
		err = exchange(aside, final)
	}
	if err != nil {
		return errors.Join(err, os.RemoveAll(aside))
	}
	return nil
}

// exchange gives a directory its name. The one that had it goes, or comes back if that fails.
func exchange(aside, final string) error {
	old := aside + ".old"
	had := os.Rename(final, old)
	if had != nil && !errors.Is(had, fs.ErrNotExist) {
		return had
	}
	err := os.Rename(aside, final)
	switch {
	case had != nil:
		return err
	case err != nil:
		return errors.Join(err, os.Rename(old, final))
	}
	return os.RemoveAll(old)
}

func (s *Set) write(dir string, files map[string][]byte) error {
	text, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	if err = errors.Join(os.Chmod(dir, 0o755), os.WriteFile(filepath.Join(dir, manifest), append(text, '\n'), 0o644)); err != nil {
		return err
	}
	for _, f := range s.Files {
		file := filepath.Join(dir, filepath.FromSlash(f.Path))
		if err = errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, files[f.Path], 0o644)); err != nil {
			return err
		}
	}
	return nil
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
