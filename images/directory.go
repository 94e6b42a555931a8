// SPDX-License-Identifier: Apache-2.0

package images

import (
	"errors"
	"io/fs"
	"os"
	"sync"
	"time"

	"github.com/bootlace-net/bootlace/internal/diskfile"
)

// lookAgain is how often the path of the directory is compared with the directory that is open. It costs one system call.
const lookAgain = time.Second

// watchedDir is the operator's directory, known by its path: somebody may rename another one into its place, or mount over it,
// while the one that is open goes on existing under another name or none.
type watchedDir struct {
	path string // "": there is none

	mu     sync.Mutex
	open   *directory // nil while it does not exist
	looked time.Time  // when open was last compared with the path
}

// directory is a directory that is open. One that was replaced is not closed, because a request may be about to use it;
// its finalizer does that.
type directory struct {
	*diskfile.Root
	escapes error // what Root says about names that lead out of it
}

// current gives the directory that the path leads to, as it was a second ago at most. Without one the error is
// fs.ErrNotExist.
func (d *watchedDir) current() (*directory, error) {
	if d.due() {
		_ = d.refresh() // what is wrong with it shows below, where nothing is open
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.open != nil {
		return d.open, nil
	}
	return d.reopen()
}

// due reports whether it is time to compare, to one caller of many.
func (d *watchedDir) due() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.open == nil || time.Since(d.looked) < lookAgain {
		return false
	}
	d.looked = time.Now()
	return true
}

// refresh opens what the path leads to if that is another directory than the one that is open. A directory that is gone is
// let go; with any other trouble, as of a file server that does not answer, the open one stays.
func (d *watchedDir) refresh() error {
	info, err := os.Stat(d.path) // not under the lock: it may take as long as a network file system likes
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case errors.Is(err, fs.ErrNotExist):
		d.open = nil
		return err
	case err != nil || d.is(info):
		return err
	}
	_, err = d.reopen()
	return err
}

// is reports whether the open directory is the one described.
func (d *watchedDir) is(info fs.FileInfo) bool {
	if d.open == nil {
		return false
	}
	mine, err := d.open.Stat(".")
	return err == nil && os.SameFile(mine, info)
}

// reopen opens the path; on failure what is open stays open. The lock is held.
func (d *watchedDir) reopen() (*directory, error) {
	if d.path == "" {
		return nil, fs.ErrNotExist
	}
	root, err := diskfile.OpenRoot(d.path)
	if err != nil {
		return nil, err
	}
	d.open, d.looked = &directory{root, escapeError(root)}, time.Now()
	return d.open, nil
}

// close lets go of the directory.
func (d *watchedDir) close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.open == nil {
		return nil
	}
	err := d.open.Close()
	d.open = nil
	return err
}

// escapeError asks root for the error it gives when a name leads out; the os package does not export it.
func escapeError(root *diskfile.Root) error {
	_, err := root.Lstat("..")
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return fs.ErrPermission
}
