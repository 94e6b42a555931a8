// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"cmp"

	"github.com/bootlace-net/bootlace/boot"
)

// announce says what runs, and what is served to whom.
func (d *daemon) announce() {
	s := d.site.Settings.Server
	cat := d.site.Catalog
	d.recorder.Say(boot.LevelInfo, "serving", "configuration", cmp.Or(d.opts.Dir, "built-in"), "listen", d.started, "hosts", len(cat.Hosts()), "profiles", len(cat.Profiles()),
		"unknown", cat.Unknown(), "images", d.site.ImagesDir(), "interfaces", s.Interfaces)
}

// warn tells of problems that do not stop us.
func (d *daemon) warn(problems []boot.Problem) {
	for _, p := range boot.Bounded(problems) {
		d.recorder.Say(boot.LevelWarn, p.What, "at", p.Pos, "expected", p.Expected)
	}
}
