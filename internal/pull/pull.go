// SPDX-License-Identifier: Apache-2.0

package pull

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/bootlace-net/bootlace/images/catalog"
	"github.com/bootlace-net/bootlace/images/vault"
	"github.com/bootlace-net/bootlace/internal/fetch"
	"github.com/bootlace-net/bootlace/internal/trust"
)

// Bounds of what is fetched, in bytes, and of how many files at once.
const (
	maxFile     = 64 << 30
	maxList     = 64 << 20
	maxSmall    = 4 << 20 // keys and signatures
	maxParallel = 4
)

// Puller fetches images.
type Puller struct {
	Vault *vault.Vault
	Fetch fetch.Fetcher
	Now   func() time.Time // the clock; nil: the system's
	// Note is told what is found out on the way, for people; may be nil.
	Note func(text string)
	// Medium says in a manifest with nothing but a medium how that boots; nil: media are kept as they are.
	Medium func(m *vault.Manifest, r io.ReaderAt) (notes []string, err error)
}

// Request is one image to be pulled.
type Request struct {
	*catalog.Recipe
	// Key is whose signatures count, as who pulls says; nil: the recipe's keys, if it has fingerprints of them.
	Key *trust.Key
	// FirstUse takes what nothing vouches for. What is vouched for wrongly is refused all the same.
	FirstUse bool
	// Expired takes lists whose Valid-Until is over.
	Expired bool
	// Import refuses a medium of which nobody knows how it boots; else it is kept as it is.
	Import bool
}

// ErrUnproved is the error of what nothing vouches for.
var ErrUnproved = errors.New("nothing vouches for it")

// ErrExpired is the error of a list that is signed rightly and is too old.
var ErrExpired = errors.New("it has expired")

// Pull fetches an image and publishes it. On error nothing of it is published, what was there stays, and what has come is gone on
// with the next time.
func (p *Puller) Pull(ctx context.Context, r Request) (*vault.Manifest, error) {
	if err := vault.CheckName(r.Name); err != nil {
		return nil, err
	}
	proofs, err := p.proofs(ctx, &r)
	if err != nil {
		return nil, fmt.Errorf("image %s: %w", r.Name, err)
	}
	files, err := p.files(ctx, &r, proofs)
	defer func() {
		for _, f := range files {
			f.close()
		}
	}()
	if err != nil {
		return nil, fmt.Errorf("image %s: %w", r.Name, err)
	}
	m := manifest(&r, files)
	if err := p.medium(&r, m, files); err != nil {
		return nil, fmt.Errorf("image %s: %w", r.Name, err)
	}
	return m, p.Vault.Add(ctx, m, p.content(files))
}

// content gives the bytes that were fetched, by digest. Of two files of the same bytes one is enough.
func (p *Puller) content(files []*file) map[vault.Digest]io.Reader {
	content := make(map[vault.Digest]io.Reader)
	for _, f := range files {
		if f.content == nil {
			continue
		}
		if content[f.origin.Digest] == nil {
			content[f.origin.Digest] = f.content
		} else if part, ok := f.content.(*vault.Partial); ok {
			f.content = nil
			if err := part.Discard(); err != nil {
				p.note("%v", err)
			}
		}
	}
	return content
}

// files fetches all of them, several at once.
func (p *Puller) files(ctx context.Context, r *Request, proofs []proof) ([]*file, error) {
	files := make([]*file, len(r.Files))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(maxParallel)
	for i := range r.Files {
		files[i] = &file{File: r.Files[i], proof: &proofs[i]}
		group.Go(func() error { return p.file(ctx, files[i]) })
	}
	return files, group.Wait()
}

// manifest puts together what was fetched.
func manifest(r *Request, files []*file) *vault.Manifest {
	m := &vault.Manifest{Format: vault.Format, Name: r.Name, Title: r.Title, Family: r.Family, Version: r.Version, Arch: r.Arch,
		Cmdline: r.Cmdline, LeastMemory: r.LeastMemory, Added: time.Now().UTC().Truncate(time.Second)}
	for _, f := range files {
		d := f.origin.Digest
		m.Files = append(m.Files, vault.File{Role: vault.Role(f.Role), Path: f.Path, Digest: d, Size: f.origin.Size, Source: vault.Source{Blob: d}})
		m.Origins = append(m.Origins, f.origin)
	}
	return m
}

// medium finds out how a medium boots.
func (p *Puller) medium(r *Request, m *vault.Manifest, files []*file) error {
	if p.Medium == nil || len(files) != 1 || m.Files[0].Role != vault.RoleISO {
		return nil
	}
	from := io.ReaderAt(files[0].content)
	if files[0].content == nil { // the vault has it
		f, err := p.Vault.OpenFile(&m.Files[0])
		if err != nil {
			return err
		}
		defer func() { _ = f.Close() }() // only read
		from = f
	}
	notes, err := p.Medium(m, from)
	if err != nil && r.Import {
		return err
	}
	if err != nil {
		p.note("%v: it is kept as a medium that firmware may start as a whole", err)
	}
	for _, n := range notes {
		p.note("%s", n)
	}
	return nil
}

func (p *Puller) note(format string, args ...any) {
	if p.Note != nil {
		p.Note(fmt.Sprintf(format, args...))
	}
}

// small reads something small from an address or a file of this system.
func (p *Puller) small(ctx context.Context, from string, limit int64) ([]byte, error) {
	if remote(from) {
		return p.Fetch.Bytes(ctx, from, limit)
	}
	f, err := os.Open(from)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // only read
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(b)) > limit {
		err = fmt.Errorf("%s: %w: more than %d bytes", from, fetch.ErrTooBig, limit)
	}
	return b, err
}

// remote reports whether something is to be asked of a server; all else is a file of this system.
func remote(from string) bool { return strings.Contains(from, "://") }
