// SPDX-License-Identifier: Apache-2.0

package machines

import (
	"slices"
	"sync"

	"github.com/hashicorp/golang-lru/v2/simplelru"

	"github.com/bootlace-net/bootlace/boot"
)

// Bounds of what is kept of machines that are on their way.
const (
	onTheirWay = 4096
	mostFiles  = 32 // of one machine; a hypervisor with its modules has about ten
)

// Fetched knows which files machines have got whole, while they are on their way to their systems. It is safe for concurrent
// use.
type Fetched struct {
	mu    sync.Mutex
	files *simplelru.LRU[boot.MAC, []boot.Name]
}

// NewFetched makes an empty one.
func NewFetched() *Fetched {
	f := &Fetched{}
	f.files, _ = simplelru.NewLRU[boot.MAC, []boot.Name](onTheirWay, nil) // fails only for a size that is not positive
	return f
}

// Add notes a file of a machine, and gives all that it has: the latest, where there are too many.
func (f *Fetched) Add(key boot.MAC, name boot.Name) []boot.Name {
	f.mu.Lock()
	defer f.mu.Unlock()
	got, _ := f.files.Get(key)
	if !slices.Contains(got, name) {
		got = append(slices.Clone(got[max(0, len(got)+1-mostFiles):]), name) // who has the one before may still look at it
		f.files.Add(key, got)
	}
	return got
}

// Forget lets a machine begin anew.
func (f *Fetched) Forget(key boot.MAC) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.files.Remove(key)
}
