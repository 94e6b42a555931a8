// SPDX-License-Identifier: Apache-2.0

package vault

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
)

// stamp is what a file of a blob looks like from outside. As long as it looks the same, its bytes are taken for the same.
type stamp struct {
	Size     int64  `json:"size"`
	Modified int64  `json:"modified"` // nanoseconds since 1970
	Inode    uint64 `json:"inode"`
	Changed  int64  `json:"changed"` // of the inode; 0 where the system does not tell
}

func stampOf(info fs.FileInfo) stamp {
	s := stamp{Size: info.Size(), Modified: info.ModTime().UnixNano()}
	s.Inode, s.Changed = place(info)
	return s
}

// RotError says that the file of a blob does not hold its bytes any more.
type RotError struct {
	Blob Digest
	Got  Digest // zero if it cannot be read
	Err  error  // why it cannot be read
}

// Error says what to do.
func (e *RotError) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("blob %s cannot be read: %v", e.Blob, e.Err)
	}
	return fmt.Sprintf("blob %s was changed behind our back (it is %s now) and is not served: bootlace images verify says which images need it; remove and pull these again", e.Blob, e.Got)
}

// Unwrap gives why it cannot be read.
func (e *RotError) Unwrap() error { return e.Err }

// seals know which files were found to be what their names say. The zero value knows none.
type seals struct {
	mu    sync.Mutex
	known map[Digest]*seal
}

// seal is what is known of one blob; it is locked while it is hashed, so that a thousand machines have it hashed once.
type seal struct {
	mu sync.Mutex
	of stamp
	ok error // nil: the bytes were right when it looked like that
}

func (s *seals) of(d Digest) *seal {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known == nil {
		s.known = make(map[Digest]*seal)
	}
	if s.known[d] == nil {
		s.known[d] = &seal{}
	}
	return s.known[d]
}

// forget is for blobs that are gone.
func (s *seals) forget(d Digest) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.known, d)
}

// vouch says whether an open file holds the bytes of a blob. That costs nothing while it looks as it did when it was hashed last, by
// whatever process; else all of it is read.
func (v *Vault) vouch(d Digest, f *os.File) (fs.FileInfo, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	s, now := v.seals.of(d), stampOf(info)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.of != now && v.sealed(d) == now {
		s.of, s.ok = now, nil
	}
	if s.of == now {
		return info, s.ok
	}
	return v.hash(context.Background(), d, f, s) // who asked is not alone in wanting to know
}

// hash reads all of a file. The seal is locked.
func (v *Vault) hash(ctx context.Context, d Digest, f *os.File, s *seal) (fs.FileInfo, error) {
	before, err := f.Stat()
	if err != nil {
		return nil, err
	}
	got, _, err := DigestOf(withContext(ctx, readerAt(f)))
	after, serr := f.Stat()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err = errors.Join(err, serr); err != nil {
		return nil, &RotError{Blob: d, Err: err}
	}
	if stampOf(before) != stampOf(after) {
		return nil, &RotError{Blob: d, Err: errors.New("it is being changed")}
	}
	s.of, s.ok = stampOf(after), nil
	if got != d {
		s.ok = &RotError{Blob: d, Got: got}
		return nil, s.ok
	}
	v.seal(d, s.of) // where that is not ours to write, the next process hashes again
	return after, nil
}

// sealed reads the seal of a blob; the zero stamp, which no file has, if there is none.
func (v *Vault) sealed(d Digest) (s stamp) {
	b, err := os.ReadFile(v.path("seals", d.Hex()))
	if err != nil || json.Unmarshal(b, &s) != nil {
		return stamp{}
	}
	return s
}

func (v *Vault) seal(d Digest, s stamp) bool {
	b, err := json.Marshal(s)
	return err == nil && replace(v.path("seals", d.Hex()), b) == nil
}
