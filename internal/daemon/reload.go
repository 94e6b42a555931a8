// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"reflect"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/site"
)

// reload builds a new site aside and swaps one pointer. With errors in it the last good one stays. What began keeps
// the one it began with.
func (d *daemon) reload() {
	began := time.Now()
	found, problems, err := d.site.Again()
	if found == nil || err != nil {
		d.refuse(problems, err)
		return
	}
	changes := boot.Diff(d.current.Load().Catalog, found.Catalog)
	d.swap(found)
	d.count.reloads.WithLabelValues("ok").Inc()
	d.warn(append(problems, found.Missing()...))
	if !reflect.DeepEqual(found.Settings, d.site.Settings) {
		d.log.Warn().Msg("ports, interfaces and limits of bootlace.yaml changed: they take effect after a restart")
	}
	d.log.Info().Stringer("changes", changes).Stringer("took", short(time.Since(began))).Msg("configuration reloaded")
}

// refuse says why the last good configuration stays.
func (d *daemon) refuse(problems []boot.Problem, err error) {
	d.count.reloads.WithLabelValues("refused").Inc()
	if err != nil {
		d.log.Error().Err(err).Msg("configuration not reloaded, the last good one stays")
		return
	}
	for _, p := range boot.Bounded(problems) {
		if !p.Warning {
			d.log.Error().Stringer("at", p.Pos).Str("expected", p.Expected).Msg(p.What)
		}
	}
	d.log.Error().Msg("configuration not reloaded, the last good one stays")
}

// swap puts a configuration into use.
func (d *daemon) swap(s *site.Site) {
	d.current.Store(s)
	d.count.swapped(s.Catalog, time.Now())
}
