// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"slices"
	"sync"

	"github.com/hashicorp/golang-lru/v2/simplelru"

	"github.com/bootlace-net/bootlace/boot"
)

// Bounds of what is kept of machines that are on their way.
const (
	onTheirWay = 4096
	mostParts  = 32 // files of one machine; a hypervisor with its modules has about ten
)

// progress notices when a machine has got all that its system starts with: its boots so far were no loop then.
type progress struct {
	whole   func(boot.Visit, boot.Plan, []boot.Name) bool // of the configuration in use
	arrived func(boot.MAC)

	mu  sync.Mutex
	got *simplelru.LRU[boot.MAC, []boot.Name]
}

func newProgress(whole func(boot.Visit, boot.Plan, []boot.Name) bool, arrived func(boot.MAC)) *progress {
	p := &progress{whole: whole, arrived: arrived}
	p.got, _ = simplelru.NewLRU[boot.MAC, []boot.Name](onTheirWay, nil) // fails only for a size that is not positive
	return p
}

// fetched notes that a machine has got a file from the first to the last byte.
func (p *progress) fetched(a asker) {
	key := a.plan.Client.Key()
	if key.IsZero() || a.name.Kind != boot.KindFile {
		return
	}
	if p.whole(boot.Visit{Client: a.plan.Client}, a.plan, p.add(key, a.name)) {
		p.forget(key)
		p.arrived(key)
	}
}

// add notes a file, and gives all that the machine has.
func (p *progress) add(key boot.MAC, name boot.Name) []boot.Name {
	p.mu.Lock()
	defer p.mu.Unlock()
	got, _ := p.got.Get(key)
	if !slices.Contains(got, name) {
		got = append(slices.Clone(got[max(0, len(got)+1-mostParts):]), name) // others may still be looking at the one before
		p.got.Add(key, got)
	}
	return got
}

func (p *progress) forget(key boot.MAC) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.got.Remove(key)
}
