// SPDX-License-Identifier: Apache-2.0

package daemon

import "github.com/bootlace-net/bootlace/boot"

// snapshot is what a request asks: made once from a configuration and never changed.
type snapshot struct {
	catalog *boot.Catalog
	plans   planner
	menus   renderer
}

func (a *Appliance) snapshot() *snapshot {
	return &snapshot{catalog: a.Config.Catalog, plans: a.Config.Catalog, menus: a.Menus}
}
