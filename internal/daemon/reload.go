// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"reflect"
	"time"

	"github.com/bootlace-net/bootlace/boot"
)

// reload builds a new snapshot aside and swaps one pointer. With errors in it the last good one stays. What began keeps
// the snapshot it began with.
func (d *daemon) reload() {
	began := time.Now()
	app, problems, err := d.read()
	if app == nil || err != nil {
		d.refuse(problems, err)
		return
	}
	changes := boot.Diff(d.current.Load().catalog, app.Config.Catalog)
	d.swap(app)
	d.count.reloads.WithLabelValues("ok").Inc()
	d.warn(append(problems, app.Missing()...))
	if !reflect.DeepEqual(app.Config.Settings, d.app.Config.Settings) {
		d.log.Warn().Msg("ports, interfaces and limits of bootlace.yaml changed: they take effect after a restart")
	}
	d.log.Info().Stringer("changes", changes).Stringer("took", short(time.Since(began))).Msg("configuration reloaded")
}

// read makes a new appliance over the images that are open already.
func (d *daemon) read() (*Appliance, []boot.Problem, error) {
	cfg, problems, err := read(d.opts.Dir)
	if cfg == nil || err != nil {
		return nil, problems, err
	}
	d.opts.Over.apply(&cfg.Settings.Server)
	return build(cfg, d.app.Images, problems)
}

// refuse says why the last good configuration stays.
func (d *daemon) refuse(problems []boot.Problem, err error) {
	d.count.reloads.WithLabelValues("refused").Inc()
	if err != nil {
		d.log.Error().Err(err).Msg("configuration not reloaded, the last good one stays")
		return
	}
	for _, p := range problems {
		if !p.Warning {
			d.log.Error().Stringer("at", p.Pos).Str("expected", p.Expected).Msg(p.What)
		}
	}
	d.log.Error().Msg("configuration not reloaded, the last good one stays")
}

// swap puts a configuration into use.
func (d *daemon) swap(app *Appliance) {
	snap := app.snapshot()
	d.current.Store(snap)
	d.count.swapped(snap, time.Now())
}
