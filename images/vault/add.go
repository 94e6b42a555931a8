// SPDX-License-Identifier: Apache-2.0

package vault

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
)

// DigestError says that bytes are not those that they were to be.
type DigestError struct{ Want, Got Digest }

// Error gives both digests.
func (e *DigestError) Error() string {
	return fmt.Sprintf("its bytes are %s, and were to be %s: it was truncated, replaced or forged", e.Got, e.Want)
}

// Add publishes an image: it appears at once and whole, in the place of one of the same name, or not at all. content gives the bytes
// of its blobs by digest; those that the vault has already need not be there. A [Partial] becomes the blob itself and must not be
// used again; other readers are copied. Every byte is checked against the digests before anything appears.
func (v *Vault) Add(ctx context.Context, m *Manifest, content map[Digest]io.Reader) error {
	if err := m.Check(); err != nil {
		return fmt.Errorf("image %s: %w", m.Name, err)
	}
	a := adding{v, m, content, make(map[Digest]*Partial)}
	defer a.end()
	err := a.run(ctx, true)
	var rot *RotError
	if errors.As(err, &rot) && content[rot.Blob] != nil { // somebody took it away between looking and publishing
		err = a.run(ctx, false)
	}
	if err != nil {
		return fmt.Errorf("image %s: %w", m.Name, err)
	}
	v.Refresh()
	return nil
}

// adding is one image on its way in.
type adding struct {
	*Vault
	m       *Manifest
	content map[Digest]io.Reader
	staged  map[Digest]*Partial // on the disk and checked
}

// end lets go of what was not needed.
func (a *adding) end() {
	for _, p := range a.staged {
		_ = p.leave() // GC takes what is left
	}
}

// run stages and publishes; on request without what is there already.
func (a *adding) run(ctx context.Context, skip bool) error {
	for _, d := range a.m.blobs() {
		_, made := a.content[d].(*Partial)
		if a.content[d] == nil || a.staged[d] != nil || skip && !made && a.whole(d) == nil {
			continue
		}
		p, err := a.stage(ctx, d, a.content[d])
		if err != nil {
			return err
		}
		a.staged[d] = p
	}
	err := a.locked(ctx, func() error { return a.publish(a.m, a.staged) })
	for _, p := range a.staged {
		p.once = p.once || err == nil // the blob was there already
	}
	return err
}

// publish moves what was staged into place, the manifest last. The vault is locked.
func (v *Vault) publish(m *Manifest, staged map[Digest]*Partial) error {
	for _, d := range m.blobs() {
		if err := v.settle(d, staged); err != nil {
			return err
		}
	}
	if len(staged) > 0 {
		if err := syncDir(v.path("blobs", "sha256")); err != nil {
			return err
		}
	}
	for i := range m.Files {
		f, err := v.OpenFile(&m.Files[i]) // sizes and pieces are those of the blobs
		if err != nil {
			return err
		}
		_ = f.Close() // only looked at
	}
	b, err := m.Encode()
	if err != nil {
		return err
	}
	return replace(v.path("images", fileOf(m.Name)), b)
}

// settle makes sure that a blob is there and right. The vault is locked.
func (v *Vault) settle(d Digest, staged map[Digest]*Partial) error {
	err := v.whole(d)
	p := staged[d]
	if p == nil || err == nil {
		return err
	}
	if err := p.publish(v.blob(d)); err != nil {
		return err
	}
	delete(staged, d)
	v.seals.forget(d)
	info, err := os.Stat(v.blob(d))
	if err == nil {
		v.seal(d, stampOf(info)) // it was hashed a moment ago; without a seal it is again
	}
	return err
}

// whole reports whether a blob is there and right.
func (v *Vault) whole(d Digest) error {
	f, err := os.Open(v.blob(d))
	if err != nil {
		return &RotError{Blob: d, Err: withoutPath(err)}
	}
	defer func() { _ = f.Close() }() // only read
	_, err = v.vouch(d, f)
	return err
}
