// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
)

// Dir serves the files of a directory. Nothing outside is ever opened: names are resolved inside an os.Root, which also
// refuses symbolic links that leave it. Leading and doubled slashes and backslashes are as firmware sends them.
type Dir struct{ root *os.Root }

// OpenDir opens a directory to be served.
func OpenDir(name string) (*Dir, error) {
	root, err := os.OpenRoot(name)
	if err != nil {
		return nil, err
	}
	return &Dir{root}, nil
}

// Close closes the directory; files that are being served stay open.
func (d *Dir) Close() error { return d.root.Close() }

// Open opens a regular file.
func (d *Dir) Open(_ context.Context, r *Request) (Content, error) {
	name, err := cleanName(r.Name)
	if err != nil {
		return nil, err
	}
	f, err := d.root.OpenFile(name, os.O_RDONLY|nonblock, 0) // a FIFO must not hold the worker
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
		return &file{f: f, info: info}, nil
	}
	f.Close() // nothing was written
	return nil, err
}

// Fold finds how a name is really written, whatever its case; false when there is no such file, or when two differ by case
// only and neither is exact.
func (d *Dir) Fold(name string) (string, bool) {
	name, err := cleanName(name)
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
	entries, err := fs.ReadDir(d.root.FS(), dir)
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

// cleanName makes a path of what a client sent. A name that tries to climb is refused as such, not resolved.
func cleanName(name string) (string, error) {
	name = strings.ReplaceAll(name, `\`, "/")
	for part := range strings.SplitSeq(name, "/") {
		if part == ".." {
			return "", fmt.Errorf("name climbs out of the directory: %w", fs.ErrPermission)
		}
	}
	name = strings.TrimPrefix(path.Clean("/"+name), "/")
	if name == "" {
		return "", fmt.Errorf("name is empty: %w", fs.ErrNotExist)
	}
	if strings.ContainsRune(name, 0) {
		return "", fmt.Errorf("name holds NUL: %w", fs.ErrNotExist)
	}
	return name, nil
}

// file is a Content on disk.
type file struct {
	f    *os.File
	info fs.FileInfo
}

var errChanged = errors.New("file changed while it was being served")

// ReadAt fails when the file is not what it was when it was opened: half of one version and half of another is worse than
// an error. Replacing a file by renaming another over it never disturbs a running transfer.
func (f *file) ReadAt(p []byte, off int64) (int, error) {
	n, err := f.f.ReadAt(p, off)
	if info, e := f.f.Stat(); e != nil || info.Size() != f.info.Size() || !info.ModTime().Equal(f.info.ModTime()) {
		return 0, errChanged
	}
	return n, err
}

// Close closes the file.
func (f *file) Close() error { return f.f.Close() }

// Size is the size when it was opened.
func (f *file) Size() int64 { return f.info.Size() }

// Version names this state of this file, by whatever name it was opened.
func (f *file) Version() string {
	return fmt.Sprintf("%s %d %d", identity(f.f, f.info), f.info.Size(), f.info.ModTime().UnixNano())
}
