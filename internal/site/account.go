// SPDX-License-Identifier: Apache-2.0

package site

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// account is the user that will serve: a machine gets what it may read. nil is a user that may read everything, or whose rights
// cannot be told.
type account struct {
	name     string
	uid, gid uint32
}

// Rights, as the mode bits of others have them.
const (
	mayRead  = 4
	mayWrite = 2
	mayEnter = 1
)

// bar is what keeps a user from a file: the file itself, or a directory above it.
type bar struct {
	who   *account
	path  string
	mode  fs.FileMode
	right uint32
}

// Error says what is in the way, and how to take it away.
func (b *bar) Error() string {
	verb, fix := "read", "chmod o+r"
	switch {
	case b.right&mayWrite != 0:
		verb, fix = "write to", "chown "+b.who.name
	case b.right == mayEnter:
		verb, fix = "enter", "chmod o+x"
	}
	return fmt.Sprintf("user %s may not %s %s (%s): expected %s, or another server.user", b.who.name, verb, b.path, b.mode, fix)
}

// without finds what keeps the user from a right to a file or directory, by mode bits and owners of it and of all directories above
// it: nobody has to become that user to know. nil: nothing does, or it cannot be seen from here.
func (a *account) without(path string, right uint32) *bar {
	if a == nil || a.uid == 0 {
		return nil
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return nil
	}
	target, err := filepath.EvalSymlinks(path)
	if err != nil {
		return nil
	}
	for _, p := range []string{path, target} {
		for _, dir := range above(p) {
			if b := a.lacks(dir, mayEnter); b != nil {
				return b
			}
		}
	}
	return a.lacks(target, right)
}

// lacks looks at one file or directory alone.
func (a *account) lacks(path string, right uint32) *bar {
	info, err := os.Stat(path)
	if err != nil {
		return nil
	}
	uid, gid, ok := owner(info)
	if !ok || hasList(path) {
		return nil
	}
	bits := uint32(info.Mode().Perm())
	switch {
	case uid == a.uid:
		bits >>= 6
	case gid == a.gid:
		bits >>= 3
	}
	if bits&right == right {
		return nil
	}
	return &bar{a, path, info.Mode(), right}
}

// above lists the directories that lead to a path, the outermost first.
func above(path string) []string {
	dir := filepath.Dir(path)
	if dir == path {
		return nil
	}
	return append(above(dir), dir)
}
