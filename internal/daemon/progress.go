// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/machines"
)

// progress notices when a machine has got all that its system starts with: its boots so far were no loop then.
type progress struct {
	got     *machines.Fetched
	whole   func(boot.Visit, boot.Plan, []boot.Name) bool // of the configuration in use
	arrived func(boot.MAC)
}

// fetched notes that a machine has got a file from the first to the last byte.
func (p *progress) fetched(a asker) {
	key := a.plan.Client.Key()
	if key.IsZero() || a.name.Kind != boot.KindFile {
		return
	}
	if p.whole(boot.Visit{Client: a.plan.Client}, a.plan, p.got.Add(key, a.name)) {
		p.got.Forget(key)
		p.arrived(key)
	}
}

// fetched notes that a machine has all of a file.
func (d *daemon) fetched(a asker) {
	d.progress.fetched(a)
	d.decider.loaded(a)
	if g, ok := d.decider.gate.(*lifeGate); ok {
		g.Sent(a)
	}
}
