// SPDX-License-Identifier: Apache-2.0

package vault

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
)

// Verified is what became of looking at one file of an image.
type Verified struct {
	Image string `json:"image"`
	Path  string `json:"path"`
	Size  int64  `json:"size"`
	Rot   string `json:"rot,omitempty"` // what is wrong with it; empty: nothing
}

// Verify reads every byte of an image, or of all of them for "", and hands on one file after the other. Blobs that several files
// need are read once. What is found out holds for serving, too. The error is about reading the list, or ctx.
func (v *Vault) Verify(ctx context.Context, image string, found func(Verified)) error {
	v.Refresh()
	list, bad := v.List()
	if image != "" && v.Image(image) == nil && len(bad) == 0 {
		return &fs.PathError{Op: "verify image", Path: image, Err: fs.ErrNotExist}
	}
	blobs := make(map[Digest]error)
	for _, m := range list {
		for i := range m.Files {
			if image != "" && m.Name != image {
				continue
			}
			f := &m.Files[i]
			d := f.Source.Blob
			if _, done := blobs[d]; !done {
				blobs[d] = v.reread(ctx, d)
			}
			err := blobs[d]
			if err == nil {
				err = v.reopen(ctx, f)
			}
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err != nil && v.gone(m.Name) {
				continue // removed meanwhile
			}
			found(Verified{m.Name, f.Path, f.Size, textOf(err)})
		}
	}
	return errors.Join(bad...)
}

func textOf(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func (v *Vault) gone(name string) bool {
	_, err := os.Stat(v.path("images", fileOf(name)))
	return errors.Is(err, fs.ErrNotExist)
}

// reread hashes a blob, whatever its seal says.
func (v *Vault) reread(ctx context.Context, d Digest) error {
	f, err := os.Open(v.blob(d))
	if err != nil {
		return &RotError{Blob: d, Err: withoutPath(err)}
	}
	defer func() { _ = f.Close() }() // only read
	s := v.seals.of(d)
	s.mu.Lock()
	defer s.mu.Unlock()
	_, err = v.hash(ctx, d, f, s)
	if err != nil && ctx.Err() == nil {
		_ = os.Remove(v.path("seals", d.Hex())) // so that other processes notice, too
	}
	return err
}

// reopen checks a file as it is served; one that is in pieces is read, for its digest is not that of the blob.
func (v *Vault) reopen(ctx context.Context, f *File) error {
	file, err := v.OpenFile(f)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }() // only read
	if f.Source.Extents == nil {
		return nil
	}
	got, _, err := DigestOf(withContext(ctx, io.NewSectionReader(file, 0, file.Size())))
	if err == nil && got != f.Digest {
		err = &DigestError{Want: f.Digest, Got: got}
	}
	return err
}
