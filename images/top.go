// SPDX-License-Identifier: Apache-2.0

package images

import (
	"errors"
	"io/fs"
	"os"
	"sync"
	"time"
)

// lookAgain is how often the path of the directory is compared with the directory that is open. It costs one system call.
const lookAgain = time.Second

// top is the operator's directory, known by its path: somebody may rename another one into its place, or mount over it,
// while the one that is open goes on existing under another name or none.
type top struct {
	dir string // "": there is none

	mu     sync.Mutex
	open   *directory // nil while it does not exist
	looked time.Time  // when open was last compared with the path
}

// directory is a directory that is open. One that was replaced is not closed, because a request may be about to use it;
// its finalizer does that.
type directory struct {
	*os.Root
	escapes error // what Root says about names that lead out of it
}

// current gives the directory that the path leads to, as it was a second ago at most. Without one the error is
// fs.ErrNotExist.
func (t *top) current() (*directory, error) {
	if t.due() {
		_ = t.refresh() // what is wrong with it shows below, where nothing is open
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.open != nil {
		return t.open, nil
	}
	return t.reopen()
}

// due reports whether it is time to compare, to one caller of many.
func (t *top) due() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.open == nil || time.Since(t.looked) < lookAgain {
		return false
	}
	t.looked = time.Now()
	return true
}

// refresh opens what the path leads to if that is another directory than the one that is open. A directory that is gone is
// let go; with any other trouble, as of a file server that does not answer, the open one stays.
func (t *top) refresh() error {
	info, err := os.Stat(t.dir) // not under the lock: it may take as long as a network file system likes
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case errors.Is(err, fs.ErrNotExist):
		t.open = nil
		return err
	case err != nil || t.is(info):
		return err
	}
	_, err = t.reopen()
	return err
}

// is reports whether the open directory is the one described.
func (t *top) is(info fs.FileInfo) bool {
	if t.open == nil {
		return false
	}
	mine, err := t.open.Stat(".")
	return err == nil && os.SameFile(mine, info)
}

// reopen opens the path; on failure what is open stays open. The lock is held.
func (t *top) reopen() (*directory, error) {
	if t.dir == "" {
		return nil, fs.ErrNotExist
	}
	root, err := os.OpenRoot(t.dir)
	if err != nil {
		return nil, err
	}
	t.open, t.looked = &directory{root, escapeError(root)}, time.Now()
	return t.open, nil
}

// close lets go of the directory.
func (t *top) close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.open == nil {
		return nil
	}
	err := t.open.Close()
	t.open = nil
	return err
}

// escapeError asks root for the error it gives when a name leads out; the os package does not export it.
func escapeError(root *os.Root) error {
	_, err := root.Lstat("..")
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return fs.ErrPermission
}
