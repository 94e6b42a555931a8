// SPDX-License-Identifier: Apache-2.0

package pull

import (
	"bufio"
	"context"
	"crypto"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/bootlace-net/bootlace/images/catalog"
	"github.com/bootlace-net/bootlace/images/vault"
	"github.com/bootlace-net/bootlace/internal/fetch"
	"github.com/bootlace-net/bootlace/internal/trust"
)

// file is one file of an image, on its way.
type file struct {
	catalog.File
	*proof
	origin  vault.Origin
	content source // its bytes; nil: the vault has them already
}

// source is something that is on this system and can be read again.
type source interface {
	io.Reader
	io.ReaderAt
	io.Closer
}

func (f *file) close() {
	if f != nil && f.content != nil {
		_ = f.content.Close() // a file in the making stays; one that the vault has taken is closed already
	}
}

// file fetches one and checks what vouches for it.
func (p *Puller) file(ctx context.Context, f *file) error {
	f.origin = vault.Origin{URL: shown(f.URL), Fetched: time.Now().UTC().Truncate(time.Second)}
	if p.there(f) {
		return nil
	}
	discard := func() error { return nil }
	if !remote(f.URL) {
		local, err := os.Open(f.URL)
		if err != nil {
			return err
		}
		f.content = local
	} else {
		part, err := p.download(ctx, f)
		if err != nil {
			return err
		}
		f.content, discard = part, func() error { f.content = nil; return part.Discard() }
	}
	if err := p.verify(ctx, f); err != nil {
		if derr := discard(); derr != nil { // it is of no use to anybody
			p.note("%v", derr)
		}
		return fmt.Errorf("%s: %w", shown(f.URL), err)
	}
	return nil
}

// there reports whether the vault has the bytes that a file is known to have.
func (p *Puller) there(f *file) bool {
	var d vault.Digest
	switch {
	case f.digest != nil:
		d = *f.digest
	case f.sum != nil && f.sum.Hash == crypto.SHA256 && f.signed.Scheme != "":
		d = vault.Digest(f.sum.Sum)
	default:
		return false
	}
	size, ok := p.Vault.Has(d)
	if !ok {
		return false
	}
	f.origin.Digest, f.origin.Size = d, size
	f.reason(trust.Signed{})
	p.note("%s is here already", f.Path)
	return true
}

func (p *Puller) download(ctx context.Context, f *file) (*vault.Partial, error) {
	part, err := p.Vault.Partial(f.URL)
	if err != nil {
		return nil, err
	}
	how := p.Fetch
	how.Strict = f.strict
	if _, err := how.File(ctx, f.URL, part, maxFile); err != nil {
		if info, serr := part.Stat(); serr == nil && info.Size() == 0 {
			return nil, errors.Join(err, part.Discard())
		}
		_ = part.Close() // it is gone on with the next time
		return nil, err
	}
	return part, nil
}

// verify reads a file and asks everything that is known of it.
func (p *Puller) verify(ctx context.Context, f *file) error {
	whole := func() io.Reader {
		return bufio.NewReaderSize(&cancelled{ctx, io.NewSectionReader(f.content, 0, 1<<62)}, 1<<20)
	}
	d, n, err := vault.DigestOf(whole())
	if err != nil {
		return err
	}
	f.origin.Digest, f.origin.Size = d, n
	if f.digest != nil && d != *f.digest {
		return &vault.DigestError{Want: *f.digest, Got: d}
	}
	if f.sum != nil {
		h := f.sum.New()
		if _, err := io.Copy(h, whole()); err != nil {
			return err
		}
		if !f.sum.Fits(h) {
			return fmt.Errorf("it has %d bytes of %s, and the list %s says %s: it was truncated, replaced or forged", n, d, f.list, f.sum)
		}
	}
	var s trust.Signed
	if f.signature != nil {
		if s, err = f.key.Verify(whole(), f.signature); err != nil {
			return fmt.Errorf("signature %s: %w", f.from, err)
		}
		p.note("%s is signed by %s (%s)", f.Path, s.Key, s.By)
	}
	f.reason(s)
	return nil
}

// reason says why a file is trusted: by its own signature, that of a list, its digest, or nothing.
func (f *file) reason(s trust.Signed) {
	o := &f.origin
	switch {
	case s.Scheme != "":
		o.Trust, o.Key, o.Signature, o.Signed = vault.Trust(s.Scheme), s.Key, shown(f.from), s.When
	case f.signed.Scheme != "":
		o.Trust, o.Key, o.Signature, o.Signed = vault.Trust(f.signed.Scheme), f.signed.Key, shown(f.at), f.signed.When
	case f.digest != nil:
		o.Trust = vault.TrustDigest
	default:
		o.Trust = vault.TrustFirstUse
	}
}

// shown is an address or a path as it may be kept: without a password, and with all directories.
func shown(from string) string {
	if remote(from) {
		return fetch.Redacted(from)
	}
	if abs, err := filepath.Abs(from); err == nil {
		return abs
	}
	return from
}

// cancelled ends a reader when its context ends.
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
