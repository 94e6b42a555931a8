// SPDX-License-Identifier: Apache-2.0

package vault

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Vault is a directory of images. It is safe for concurrent use, also by several processes.
type Vault struct {
	dir   string
	seals seals
	index index
}

// Open makes a vault of a directory, which need not exist: then it has no images, until the first one is added. "" stands for no
// directory at all. Nothing is changed. A nil vault has no images, either.
func Open(dir string) *Vault { return &Vault{dir: dir} }

// Dir is where it is.
func (v *Vault) Dir() string { return v.dir }

// path joins names below the directory.
func (v *Vault) path(names ...string) string {
	return filepath.Join(append([]string{v.dir}, names...)...)
}

func (v *Vault) blob(d Digest) string { return v.path("blobs", "sha256", d.Hex()) }

// prepare makes the directories.
func (v *Vault) prepare() error {
	if v.dir == "" {
		return errors.New("there is no directory for images: expected server.vault or server.state")
	}
	for _, names := range [][]string{{"blobs", "sha256"}, {"seals"}, {"images"}, {"partial"}} {
		dir := v.path(names...)
		if _, err := os.Stat(dir); err == nil {
			continue
		}
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return fmt.Errorf("the directory for images cannot be made: %w", err)
		}
		for at := dir; at != filepath.Dir(v.dir); at = filepath.Dir(at) {
			if err := syncDir(filepath.Dir(at)); err != nil && !errors.Is(err, fs.ErrPermission) {
				return err
			}
		}
	}
	return nil
}

// readerAt reads a file from its beginning, wherever others are reading it.
func readerAt(f *os.File) io.Reader { return io.NewSectionReader(f, 0, 1<<62) }
