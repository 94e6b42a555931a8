// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"errors"
	"reflect"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/configs"
	"github.com/bootlace-net/bootlace/internal/site"
)

// reload is again for those who do nothing about an error.
func (d *daemon) reload() { _ = d.again() }

// again builds a new site aside and swaps one pointer. With errors in it the last good one stays. What began keeps
// the one it began with. The error has been told.
func (d *daemon) again() error {
	d.reloading.Lock()
	defer d.reloading.Unlock()
	began := time.Now()
	found, problems, err := d.site.Again()
	if found == nil || err != nil {
		d.refuse(problems, err)
		return errors.Join(err, configs.Failure(problems))
	}
	changes := boot.Diff(d.current.Load().Catalog, found.Catalog)
	d.swap(found)
	d.recorder.Reloaded(true)
	go d.state.good(d.opts.Dir, false) // it waits for the disk
	problems = append(problems, found.Missing()...)
	d.found(problems)
	d.warn(problems)
	if restartNeeded(d.site.Settings, found.Settings) {
		d.recorder.Say(boot.LevelWarn, "ports, interfaces and limits of bootlace.yaml changed: they take effect after a restart")
	}
	d.recorder.Say(boot.LevelInfo, "configuration reloaded", "changes", changes, "took", time.Since(began))
	return nil
}

// restartNeeded reports whether some of the settings that we started with differ from those now, and will do so until a restart. What the
// site itself looks at is in use with it.
func restartNeeded(began, now configs.Settings) bool {
	began.Secrets, began.Server.Secrets = now.Secrets, now.Server.Secrets
	began.TFTP.IgnoreCase, began.TFTP.Remap = now.TFTP.IgnoreCase, now.TFTP.Remap
	return !reflect.DeepEqual(began, now)
}

// refuse says why the last good configuration stays.
func (d *daemon) refuse(problems []boot.Problem, err error) {
	d.recorder.Reloaded(false)
	if err != nil {
		problems = append(problems, boot.Problem{What: err.Error()})
	}
	d.found(problems)
	if err != nil {
		d.recorder.Say(boot.LevelError, "configuration not reloaded, the last good one stays", "error", err)
		return
	}
	for _, p := range boot.Bounded(problems) {
		if !p.Warning {
			d.recorder.Say(boot.LevelError, p.What, "at", p.Pos, "expected", p.Expected)
		}
	}
	d.recorder.Say(boot.LevelError, "configuration not reloaded, the last good one stays")
}

// swap puts a configuration into use.
func (d *daemon) swap(s *site.Site) {
	d.current.Store(s)
	d.recorder.InUse(s.Catalog)
}
