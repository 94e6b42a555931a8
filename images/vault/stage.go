// SPDX-License-Identifier: Apache-2.0

package vault

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"os"
)

// stage puts the bytes of a blob on the disk and checks them.
func (v *Vault) stage(ctx context.Context, d Digest, r io.Reader) (*Partial, error) {
	p, ok := r.(*Partial)
	if !ok {
		var err error
		if p, err = v.copy(ctx, r); err != nil {
			return nil, err
		}
	}
	got, _, err := DigestOf(withContext(ctx, readerAt(p.File)))
	if err == nil && got != d {
		err = &DigestError{Want: d, Got: got}
	}
	if err == nil {
		err = p.Sync() // outside of the lock: it may take long
	}
	if err != nil {
		return nil, errors.Join(err, p.Discard())
	}
	return p, nil
}

// copy puts bytes into a file in the making that nobody else asks for.
func (v *Vault) copy(ctx context.Context, r io.Reader) (*Partial, error) {
	p, err := v.Partial("copy " + rand.Text())
	if err != nil {
		return nil, err
	}
	p.once = true
	if _, err = io.Copy(p.File, withContext(ctx, r)); err != nil {
		return nil, errors.Join(err, p.Discard())
	}
	return p, nil
}

// withContext ends a reader when its context ends.
func withContext(ctx context.Context, r io.Reader) io.Reader { return &cancelled{ctx, r} }

type cancelled struct {
	ctx context.Context
	r   io.Reader
}

// Read follows io.Reader.
func (c *cancelled) Read(b []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(b)
}

// Has reports whether the bytes of a digest are there, and how many they are.
func (v *Vault) Has(d Digest) (size int64, ok bool) {
	f, err := os.Open(v.blob(d))
	if err != nil {
		return 0, false
	}
	defer func() { _ = f.Close() }() // only read
	info, err := v.vouch(d, f)
	if err != nil {
		return 0, false
	}
	return info.Size(), true
}
