// SPDX-License-Identifier: Apache-2.0

// Package reread reads files again when they have changed, and keeps what was good.
package reread

import (
	"os"
	"sync"
	"time"
)

// pause is the least time between two looks: a look costs a system call for each file.
const pause = time.Second

// Files is what was read of some files that belong together. It is safe for concurrent use.
type Files[T any] struct {
	paths  []string
	read   func() (T, error)
	failed func(error)

	mu     sync.Mutex
	value  T
	seen   []stamp
	looked time.Time
}

// stamp tells two states of a file apart.
type stamp struct {
	size    int64
	changed time.Time
	gone    bool
}

// Open reads files for the first time. Later failures are given to failed, once for each state of the files, and change nothing.
func Open[T any](read func() (T, error), failed func(error), paths ...string) (*Files[T], error) {
	f := &Files[T]{paths: paths, read: read, failed: failed}
	f.seen, f.looked = f.stamps(), time.Now()
	var err error
	f.value, err = read()
	return f, err
}

// Get gives what was last read well, after a look at the files where the last one is older than a second.
func (f *Files[T]) Get() T {
	f.mu.Lock()
	defer f.mu.Unlock()
	if now := time.Now(); now.Sub(f.looked) >= pause {
		f.looked = now
		f.look()
	}
	return f.value
}

func (f *Files[T]) look() {
	seen := f.stamps()
	if same(seen, f.seen) {
		return
	}
	f.seen = seen
	v, err := f.read()
	if err != nil {
		f.failed(err)
		return
	}
	f.value = v
}

// stamps are taken before the files are read: what changes in between is read once more.
func (f *Files[T]) stamps() []stamp {
	all := make([]stamp, 0, len(f.paths))
	for _, path := range f.paths {
		info, err := os.Stat(path)
		if err != nil {
			all = append(all, stamp{gone: true})
			continue
		}
		all = append(all, stamp{size: info.Size(), changed: info.ModTime()})
	}
	return all
}

func same(a, b []stamp) bool {
	for i := range a {
		if a[i].size != b[i].size || a[i].gone != b[i].gone || !a[i].changed.Equal(b[i].changed) {
			return false
		}
	}
	return true
}
