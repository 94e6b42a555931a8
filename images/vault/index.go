// SPDX-License-Identifier: Apache-2.0

package vault

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
)

// Times of the index.
const (
	lookAgain = time.Second     // how long what was read is taken for what is there
	settled   = 2 * time.Second // changes within one tick of a file system's clock look alike: a younger directory is read again
)

// index remembers the manifests: every request for a file asks for them.
type index struct {
	mu       sync.Mutex
	read     bool
	looked   time.Time
	modified time.Time // of the directory, when it was read; zero: read it again
	list     []*Manifest
	bad      []error
	state    string
}

// List gives the images by name, and what is wrong with manifests that cannot be used. It may be a second old. Callers must not
// change it.
func (v *Vault) List() ([]*Manifest, []error) {
	if v == nil {
		return nil, nil
	}
	x := &v.index
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.read && time.Since(x.looked) < lookAgain {
		return x.list, x.bad
	}
	return v.refresh()
}

// State is another one when the images that List gives are others.
func (v *Vault) State() string {
	v.List()
	if v == nil {
		return ""
	}
	v.index.mu.Lock()
	defer v.index.mu.Unlock()
	return v.index.state
}

// Refresh reads what is there now.
func (v *Vault) Refresh() {
	if v == nil {
		return
	}
	v.index.mu.Lock()
	defer v.index.mu.Unlock()
	v.index.modified = time.Time{}
	v.refresh()
}

func (v *Vault) refresh() ([]*Manifest, []error) {
	x := &v.index
	x.looked = time.Now()
	info, err := os.Stat(v.path("images"))
	if err == nil && x.read && info.ModTime().Equal(x.modified) {
		return x.list, x.bad
	}
	x.list, x.bad = v.readAll()
	x.state = stateOf(x.list, x.bad)
	x.read, x.modified = true, time.Time{}
	if err == nil && x.looked.Sub(info.ModTime()) > settled {
		x.modified = info.ModTime()
	}
	return x.list, x.bad
}

// readAll reads every manifest.
func (v *Vault) readAll() (list []*Manifest, bad []error) {
	if v.dir == "" {
		return nil, nil
	}
	entries, err := os.ReadDir(v.path("images"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, []error{err}
	}
	for _, e := range entries {
		name, ok := nameOf(e.Name())
		if !ok {
			if !strings.HasPrefix(e.Name(), ".tmp-") {
				bad = append(bad, fmt.Errorf("%s is no manifest: nothing is to be in that directory but what bootlace images puts there", v.path("images", e.Name())))
			}
			continue
		}
		switch m, err := v.load(name); {
		case err == nil:
			list = append(list, m)
		case !errors.Is(err, fs.ErrNotExist): // else removed meanwhile
			bad = append(bad, err)
		}
	}
	slices.SortFunc(list, func(a, b *Manifest) int { return cmp.Compare(a.Name, b.Name) })
	return list, bad
}

// stateOf sums up what was read.
func stateOf(list []*Manifest, bad []error) string {
	h := sha256.New()
	for _, m := range list {
		b, _ := m.Encode() // it came of being read
		_, _ = h.Write(b)
	}
	for _, err := range bad {
		_, _ = io.WriteString(h, err.Error())
	}
	return hex.EncodeToString(h.Sum(nil))
}

// load reads one manifest from the disk.
func (v *Vault) load(name string) (*Manifest, error) {
	path := v.path("images", fileOf(name))
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // only read
	b, err := io.ReadAll(io.LimitReader(f, maxManifest+1))
	if err != nil {
		return nil, err
	}
	m, err := Decode(b)
	if err == nil && m.Name != name {
		err = fmt.Errorf("it is that of image %s", m.Name)
	}
	if err != nil {
		return nil, fmt.Errorf("manifest %s: %w", path, err)
	}
	return m, nil
}

// Image finds an image by name; nil if there is none.
func (v *Vault) Image(name string) *Manifest {
	list, _ := v.List()
	i, ok := slices.BinarySearchFunc(list, name, func(m *Manifest, name string) int { return cmp.Compare(m.Name, name) })
	if !ok {
		return nil
	}
	return list[i]
}
