// SPDX-License-Identifier: Apache-2.0

package configs

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// maxFile bounds one file, in bytes: a template or a list of hosts beyond it is a mistake, such as an image in the wrong
// directory.
const maxFile = 64 << 20

// read gives the content of a file that is not too big.
func (r *reader) read(name string) ([]byte, bool) {
	info, err := fs.Stat(r.fsys, name)
	switch {
	case err != nil:
	case !info.Mode().IsRegular(): // opening a FIFO would wait for its writer for good
		err = errors.New("it is " + kind(info.Mode()) + ": expected a regular file, or a link to one")
	case info.Size() > maxFile:
		err = fmt.Errorf("it has %d bytes: expected at most %d", info.Size(), maxFile)
	}
	var b []byte
	if err == nil {
		b, err = fs.ReadFile(r.fsys, name)
	}
	if err != nil {
		r.fail(name, err)
	}
	return b, err == nil
}

// kind says what a file that is not a regular one is.
func kind(m fs.FileMode) string {
	switch {
	case m.IsDir():
		return "a directory"
	case m&fs.ModeNamedPipe != 0:
		return "a FIFO"
	case m&fs.ModeSocket != 0:
		return "a socket"
	default:
		return "a device"
	}
}

// list gives the names of all files below a folder, by their paths from there, sorted. There need not be such a folder.
func (r *reader) list(folder string) []string {
	var names []string
	err := fs.WalkDir(r.fsys, folder, func(p string, e fs.DirEntry, err error) error {
		switch {
		case err != nil && p == folder && errors.Is(err, fs.ErrNotExist):
			return fs.SkipAll
		case err != nil:
			return err
		case p != folder && hidden(e.Name()):
			if e.IsDir() {
				return fs.SkipDir
			}
		case !r.isDir(p, e):
			names = append(names, strings.TrimPrefix(p, folder+"/"))
		}
		return nil
	})
	if err != nil {
		r.fail(folder, err)
	}
	slices.Sort(names)
	return names
}

// isDir follows symbolic links: Kubernetes mounts files as such.
func (r *reader) isDir(p string, e fs.DirEntry) bool {
	if e.Type()&fs.ModeSymlink == 0 {
		return e.IsDir()
	}
	info, err := fs.Stat(r.fsys, p)
	return err == nil && info.IsDir() // a link to nowhere is a file that cannot be read
}

// hidden files are editors' and Kubernetes' (..data).
func hidden(name string) bool { return strings.HasPrefix(name, ".") || strings.HasSuffix(name, "~") }

func isYAML(name string) bool {
	return strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml")
}
