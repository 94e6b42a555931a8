// SPDX-License-Identifier: Apache-2.0

package files

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/diskfile"
	"github.com/bootlace-net/bootlace/tftpd"
)

// Dir serves the files of a directory. Nothing outside is ever opened, whatever a name or a symbolic link says: see
// [diskfile.Root]. Names may be written as firmware writes them.
type Dir struct{ root *diskfile.Root }

// OpenDir opens a directory to be served.
func OpenDir(name string) (*Dir, error) {
	root, err := diskfile.OpenRoot(name)
	if err != nil {
		return nil, err
	}
	return &Dir{root}, nil
}

// MayRead proves that this process can serve the directory: it may have become another user since it was opened.
func (d *Dir) MayRead() error {
	_, err := d.root.Lstat(".")
	return err
}

// Close closes the directory; files that are being served stay open.
func (d *Dir) Close() error { return d.root.Close() }

// Open opens a regular file.
func (d *Dir) Open(_ context.Context, r *tftpd.Request) (tftpd.Content, error) {
	name, err := clean(r.Name)
	if err != nil {
		return nil, err
	}
	f, err := d.root.Open(name) // a FIFO does not hold the worker
	if err != nil {
		return nil, d.explain(name, err)
	}
	info, err := f.Stat()
	switch {
	case err != nil:
	case info.IsDir():
		err = fmt.Errorf("is a directory: %w", fs.ErrNotExist)
	case !info.Mode().IsRegular():
		err = fmt.Errorf("not a regular file: %w", fs.ErrPermission)
	default:
		return diskfile.New(f, info), nil
	}
	f.Close() // nothing was written
	return nil, err
}

// Fold finds how a name is really written, whatever its case; false when there is no such file, or when two differ by case
// only and neither is exact.
func (d *Dir) Fold(name string) (string, bool) {
	name, err := clean(name)
	if err != nil {
		return "", false
	}
	found := "."
	for part := range strings.SplitSeq(name, "/") {
		next, ok := d.foldPart(found, part)
		if !ok {
			return "", false
		}
		found = path.Join(found, next)
	}
	return found, true
}

// foldPart finds one part of a path in a directory.
func (d *Dir) foldPart(dir, part string) (string, bool) {
	f, err := d.root.Open(dir)
	if err != nil {
		return "", false
	}
	defer f.Close()
	entries, err := f.ReadDir(-1)
	if err != nil {
		return "", false
	}
	match, n := "", 0
	for _, e := range entries {
		if e.Name() == part {
			return part, true
		}
		if strings.EqualFold(e.Name(), part) {
			match = e.Name()
			n++
		}
	}
	return match, n == 1
}

// explain turns what os.Root says about names that lead outside into "no permission", and about names through a file into
// "not found".
func (d *Dir) explain(name string, err error) error {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return err
	}
	if parent, e := d.root.Stat(path.Dir(name)); e == nil && parent.IsDir() {
		return fmt.Errorf("%w: %w", err, fs.ErrPermission)
	}
	return fmt.Errorf("%w: %w", err, fs.ErrNotExist)
}

// clean makes a path of what a client sent. The error says what the client gets to hear: no name that tries to climb is
// resolved.
func clean(name string) (string, error) {
	name, err := boot.CleanName(name)
	switch {
	case err == nil:
		return name, nil
	case errors.Is(err, boot.ErrNameOutside), errors.Is(err, boot.ErrNameBytes):
		return "", fmt.Errorf("%w: %w", err, fs.ErrPermission)
	default:
		return "", fmt.Errorf("%w: %w", err, fs.ErrNotExist)
	}
}
