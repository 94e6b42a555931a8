// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/api"
)

// judge says for programs what will become of a boot.
func (d *daemon) judge(p boot.Plan, said *boot.Inventory) api.Verdicts {
	var v boot.Visit
	if said != nil {
		v.Memory = said.Memory
	}
	s := d.current.Load()
	return api.Verdicts{Memory: s.Memory(v, p).Verdict(), SecureBoot: s.SecureBoot(p, said)}
}
