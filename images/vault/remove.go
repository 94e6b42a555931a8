// SPDX-License-Identifier: Apache-2.0

package vault

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// Freed says what was taken away.
type Freed struct {
	Blobs    int   `json:"blobs"`
	Partials int   `json:"partials"` // files in the making that nobody was at
	Bytes    int64 `json:"bytes"`
}

// Remove takes an image away, with the blobs that no other one needs. Those who have files of it open keep them. The error is
// fs.ErrNotExist if there is none of that name.
func (v *Vault) Remove(ctx context.Context, name string) (freed Freed, err error) {
	if err := CheckName(name); err != nil {
		return freed, err
	}
	if _, err := os.Stat(v.path("images", fileOf(name))); err != nil {
		return freed, fmt.Errorf("image %s: %w", name, plain(err))
	}
	err = v.locked(ctx, func() error {
		m, err := v.load(name)
		if errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("image %s: %w", name, fs.ErrNotExist)
		}
		if err := os.Remove(v.path("images", fileOf(name))); err != nil { // one that cannot be read goes, too
			return err
		}
		if err := syncDir(v.path("images")); err != nil || m == nil {
			return err
		}
		freed, err = v.collect(m.blobs())
		return err
	})
	v.Refresh()
	return freed, err
}

// GC takes away the blobs that no image needs, and files in the making that nobody is at. Where a manifest cannot be read nothing is
// taken away: nobody knows what it needs.
func (v *Vault) GC(ctx context.Context) (freed Freed, err error) {
	err = v.locked(ctx, func() error {
		all, err := v.stored()
		if err != nil {
			return err
		}
		if freed, err = v.collect(all); err != nil {
			return err
		}
		files, bytes, err := v.sweep()
		freed.Partials, freed.Bytes = files, freed.Bytes+bytes
		return errors.Join(err, v.tidy("images"), v.tidy("seals"))
	})
	return freed, err
}

// stored lists the blobs that there are.
func (v *Vault) stored() (all []Digest, err error) {
	entries, err := os.ReadDir(v.path("blobs", "sha256"))
	for _, e := range entries {
		if d, perr := ParseDigest(e.Name()); perr == nil && d.Hex() == e.Name() {
			all = append(all, d)
		}
	}
	return all, err
}

// collect removes those of some blobs that no manifest needs. The vault is locked.
func (v *Vault) collect(some []Digest) (freed Freed, err error) {
	list, bad := v.readAll()
	if len(bad) > 0 {
		return freed, fmt.Errorf("no blobs are taken away: %w", errors.Join(bad...))
	}
	needed := make(map[Digest]bool)
	for _, m := range list {
		for _, d := range m.blobs() {
			needed[d] = true
		}
	}
	for _, d := range some {
		info, serr := os.Stat(v.blob(d))
		if needed[d] || serr != nil {
			continue
		}
		if err := os.Remove(v.blob(d)); err != nil {
			return freed, err
		}
		_ = os.Remove(v.path("seals", d.Hex())) // one without its blob says nothing
		v.seals.forget(d)
		freed.Blobs, freed.Bytes = freed.Blobs+1, freed.Bytes+info.Size()
	}
	return freed, nil
}

// tidy removes what an end by force left of replacing a file, and seals of blobs that are gone.
func (v *Vault) tidy(dir string) error {
	entries, err := os.ReadDir(v.path(dir))
	for _, e := range entries {
		d, perr := ParseDigest(e.Name())
		lost := perr == nil && dir == "seals"
		if lost {
			_, serr := os.Stat(v.blob(d))
			lost = errors.Is(serr, fs.ErrNotExist)
		}
		if !lost && !strings.HasPrefix(e.Name(), ".tmp-") {
			continue
		}
		if rerr := os.Remove(v.path(dir, e.Name())); rerr != nil && !errors.Is(rerr, fs.ErrNotExist) {
			err = errors.Join(err, rerr)
		}
	}
	return err
}
