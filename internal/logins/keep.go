// SPDX-License-Identifier: Apache-2.0

package logins

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/bootlace-net/bootlace/internal/privileges"
)

// Load reads a file of logins. One that does not exist has nobody in it. One that others may write is refused: it says who may
// do what.
func Load(path string) (*Book, error) {
	f, err := os.Open(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Parse(nil)
	case err != nil:
		return nil, err
	}
	defer func() { _ = f.Close() }() // only read
	info, err := f.Stat()
	if err == nil && open(info) {
		err = errors.New("others may write it, or read the hashes in it: chmod 600")
	}
	var text []byte
	if err == nil {
		text, err = io.ReadAll(io.LimitReader(f, mostBytes+1))
	}
	var b *Book
	if err == nil {
		b, err = Parse(text)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return b, nil
}

// Save replaces a file of logins as a whole. It keeps whom the old one belonged to: the server reads it as its own user.
func Save(path string, b *Book) error {
	text, err := b.Marshal()
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".logins-*") // 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }() // gone if all went well
	_, err = f.Write(text)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = privileges.Inherit(f.Name(), path)
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	return err
}
