// SPDX-License-Identifier: Apache-2.0

package vault

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"strings"
)

// Partial is a file in the making. It stays when its process ends in any way, so that who asks for the same key can go on with it;
// until then nobody else has it.
type Partial struct {
	*os.File
	path string
	once bool // nobody else asks for its key
}

// maxNote is more than anybody has to note about a file.
const maxNote = 64 << 10

// Partial opens the file in the making of that key (a URL, for a download), or makes it. The error is about another process that has
// it, or the disk.
func (v *Vault) Partial(key string) (*Partial, error) {
	if err := v.prepare(); err != nil {
		return nil, err
	}
	sum := sha256.Sum256([]byte(key))
	path := v.path("partial", hex.EncodeToString(sum[:16]))
	for {
		f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
		if err != nil {
			return nil, err
		}
		p := &Partial{File: f, path: path}
		if err := lockFile(f); err != nil {
			_ = f.Close()
			return nil, fmt.Errorf("%s: %w", key, err)
		}
		if p.still() {
			return p, nil
		}
		_ = f.Close() // GC took it away between opening and locking it
	}
}

// still reports whether the path leads to the file.
func (p *Partial) still() bool {
	mine, err := p.Stat()
	there, terr := os.Stat(p.path)
	return err == nil && terr == nil && os.SameFile(mine, there)
}

// Note is what SetNote kept beside the file; nil if that was nothing.
func (p *Partial) Note() []byte {
	b, err := os.ReadFile(p.path + ".note")
	if err != nil || len(b) > maxNote {
		return nil
	}
	return b
}

// SetNote keeps some bytes beside the file, such as what a server called the version of it.
func (p *Partial) SetNote(b []byte) error { return replace(p.path+".note", b) }

// Discard removes the file: nobody is to go on with it.
func (p *Partial) Discard() error {
	p.unpin()
	err := os.Remove(p.path)
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	if nerr := os.Remove(p.path + ".note"); nerr != nil && !errors.Is(nerr, fs.ErrNotExist) {
		err = errors.Join(err, nerr)
	}
	_ = p.Close() // which lets go of it
	return err
}

// publish moves the file to where its blob is to be, once it is on the disk.
func (p *Partial) publish(to string) error {
	if err := p.Sync(); err != nil {
		return err
	}
	if err := p.Chmod(0o644); err != nil {
		return err
	}
	p.unpin()
	if err := os.Rename(p.path, to); err != nil {
		return err
	}
	_ = os.Remove(p.path + ".note") // GC takes what is left
	_ = p.Close()                   // which lets go of it
	return nil
}

// unpin closes the file where one that is open cannot be renamed or removed.
func (p *Partial) unpin() {
	if runtime.GOOS == "windows" {
		_ = p.Close()
	}
}

// leave closes the file; one that nobody could go on with goes.
func (p *Partial) leave() error {
	if p.once {
		return p.Discard()
	}
	return p.Close()
}

// sweep removes the files that nobody has, and says how many bytes they had.
func (v *Vault) sweep() (files int, bytes int64, err error) {
	entries, err := os.ReadDir(v.path("partial"))
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".note") {
			continue
		}
		n, ok, rerr := v.sweepOne(v.path("partial", e.Name()))
		err = errors.Join(err, rerr)
		if ok {
			files, bytes = files+1, bytes+n
		}
	}
	return files, bytes, errors.Join(err, v.sweepNotes(entries))
}

func (v *Vault) sweepOne(path string) (int64, bool, error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, false, nil
	} else if err != nil {
		return 0, false, err
	}
	p := &Partial{File: f, path: path}
	if lockFile(f) != nil || !p.still() {
		return 0, false, f.Close() // somebody is at it
	}
	info, err := f.Stat()
	if err != nil {
		return 0, false, errors.Join(err, f.Close())
	}
	return info.Size(), true, p.Discard()
}

// sweepNotes removes notes whose files are gone.
func (v *Vault) sweepNotes(entries []os.DirEntry) (err error) {
	for _, e := range entries {
		of, ok := strings.CutSuffix(e.Name(), ".note")
		if !ok && !strings.HasPrefix(e.Name(), ".tmp-") {
			continue
		}
		if _, serr := os.Stat(v.path("partial", of)); ok && serr == nil {
			continue
		}
		if rerr := os.Remove(v.path("partial", e.Name())); rerr != nil && !errors.Is(rerr, fs.ErrNotExist) {
			err = errors.Join(err, rerr)
		}
	}
	return err
}
