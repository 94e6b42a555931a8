// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/configs"
	"github.com/bootlace-net/bootlace/internal/api"
	"github.com/bootlace-net/bootlace/internal/files"
	"github.com/bootlace-net/bootlace/internal/machines"
	"github.com/bootlace-net/bootlace/internal/machines/lives"
	"github.com/bootlace-net/bootlace/internal/machines/waiting"
	"github.com/bootlace-net/bootlace/internal/netif"
	"github.com/bootlace-net/bootlace/internal/privileges"
	"github.com/bootlace-net/bootlace/internal/recorder"
	"github.com/bootlace-net/bootlace/internal/site"
)

// Options are what serve is told.
type Options struct {
	Dir    string // of the configuration; empty: the built-in one
	Over   site.Overrides
	Log    func(configs.Log) (recorder.Log, error) // the log that the configuration asks for
	Reload <-chan struct{}                         // SIGHUP; nil: never

	Version, Commit string // of this program
}

// daemon is the appliance with its sockets.
type daemon struct {
	opts        Options
	host        *netif.Host
	site        *site.Site // as it was started; the newest is in current
	current     atomic.Pointer[site.Site]
	problems    atomic.Pointer[[]boot.Problem] // of the configuration that was read last
	memory      *machines.Memory
	recorder    *recorder.Recorder
	decider     *decider
	progress    *progress
	lives       *lives.Lives
	waits       *waiting.List
	adopter     *adopter
	uploads     *files.UploadDir // nil: there are none
	rules       *ruler
	foresight   *foresight
	rot         *rot
	state       *state
	api         api.Server
	credentials *credentials // nil: the API is asked on its socket only

	treeCertificate *treeCertificate // nil: there is no HTTPS

	reloading sync.Mutex
	tasks     []Task
	started   []string // what listens where, for the log
}

// ConfigError is a configuration with mistakes: all of them.
type ConfigError struct{ Problems []boot.Problem }

// Error lists every problem that is not a warning, one per line.
func (e *ConfigError) Error() string { return configs.Failure(e.Problems).Error() }

// Serve runs the appliance until ctx ends. The error is a *ConfigError, a *SystemError, or what ended a task.
func Serve(ctx context.Context, opts Options) error {
	d, err := assemble(opts)
	if err != nil {
		return err
	}
	err = d.listen()
	if err == nil {
		err = d.becomeUser()
	}
	if err != nil {
		_ = d.state.close() // nothing was written
		return err
	}
	d.announce()
	err = runAll(ctx, append(d.tasks, d.state))
	d.recorder.Say(boot.LevelInfo, "stopped")
	return err
}

// assemble makes everything that needs no socket.
func assemble(opts Options) (*daemon, error) {
	found, problems, err := site.Open(opts.Dir, opts.Over)
	if err != nil {
		return nil, &SystemError{What: "configuration", Err: err}
	}
	if found == nil {
		return nil, &ConfigError{problems}
	}
	set := &found.Settings
	log, err := opts.Log(set.Log)
	if err != nil {
		return nil, err
	}
	d := &daemon{opts: opts, site: found}
	d.host = &netif.Host{Served: set.Server.Interfaces, Addresses: set.Server.Addresses}
	d.memory = machines.New(machines.Options{Addresses: set.DHCP.TTL})
	d.recorder = recorder.New(log, told{d.memory, &d.api.News}, time.Now)
	d.recorder.ShowMachines(d.memory.Stats)
	d.recorder.ShowBuild(opts.Version, opts.Commit)
	d.recorder.ShowUnnamed((&unnamed{memory: d.memory, site: d.current.Load}).Count)
	d.waits = waiting.New(nil)
	d.adopter = &adopter{site: d.current.Load, memory: d.memory, waits: d.waits, reload: d.again, events: d.recorder.Record}
	d.rules = newRuler(d)
	d.decider = &decider{
		waits: d.waits, current: func() source { return d.current.Load() }, memory: d.memory, neighbour: d.host.Neighbour, events: d.recorder.Record,
	}
	d.lives = lives.New(lives.Options{
		Find: d.decider.lived, At: d.decider.livedAt, Events: d.recorder.Record,
		Named: func(host string) bool { return d.current.Load().Catalog.Host(host) != nil },
	})
	d.foresight = newForesight(d)
	d.rot = newRot(found.Images.Vault(), d.recorder.Record)
	d.recorder.ShowImages(d.rot.Stats)
	d.decider.rotten = d.rot.hint
	d.decider.begins = d.foresight.Begins
	d.decider.gate = &lifeGate{d.lives, d.recorder.Record}
	d.progress = &progress{
		got:     machines.NewFetched(),
		whole:   func(v boot.Visit, p boot.Plan, got []boot.Name) bool { return d.current.Load().Whole(v, p, got) },
		arrived: func(key boot.MAC) { d.memory.Learn(key, (*boot.History).Arrived) },
	}
	d.swap(found)
	d.openState(&set.Server)
	problems = append(problems, found.Missing()...)
	d.found(problems)
	d.warn(problems)
	if note := found.Images.Note(); note != "" {
		d.recorder.Say(boot.LevelWarn, note)
	}
	return d, nil
}

// listen binds every port, so that nothing runs unless all of them could be had.
func (d *daemon) listen() error {
	s := &d.site.Settings
	if err := d.host.Missing("--interface or server.interfaces"); err != nil {
		return &SystemError{Err: err}
	}
	if err := errors.Join(d.listenDHCP(s), d.listenTFTP(&s.TFTP), d.listenHTTP(&s.HTTP)); err != nil {
		return err
	}
	if len(d.tasks) == 0 {
		return errors.New("nothing to serve: dhcp.mode is off, tftp.enabled and http.enabled are false")
	}
	if err := errors.Join(d.listenSyslog(&s.Syslog), d.listenAPI(s), d.listenAPINetwork(s)); err != nil {
		return err
	}
	d.tasks = append(d.tasks, d.rules, d.foresight, d.rot, &watcher{dir: d.opts.Dir, images: d.site.Images.Vault().State, hup: d.opts.Reload, also: filepath.Dir(d.site.AdoptedFile()), reload: d.reload, say: d.recorder.Say})
	return nil
}

// becomeUser drops privileges, and proves that the next reload will still be able to read the configuration.
func (d *daemon) becomeUser() error {
	user := d.site.Settings.Server.User
	if err := privileges.Drop(user); err != nil {
		return &SystemError{What: "server.user", Err: err}
	}
	if err := errors.Join(d.mayUpload(user), d.mayServeAPI(user), d.mayServeHTTPS(user)); err != nil {
		return err
	}
	if _, _, err := site.Open(d.opts.Dir, d.opts.Over); err != nil {
		return &SystemError{What: "configuration", Err: err,
			Fix: fmt.Sprintf("user %s must be able to read it: chmod -R o+rX, or set server.user", user)}
	}
	return nil
}

// health is what /healthz says.
func (d *daemon) health() error {
	if d.current.Load() == nil {
		return errors.New("no configuration")
	}
	return nil
}

// doorFor answers requests by the networks that one protocol is for.
func (d *daemon) doorFor(allow []netip.Prefix) *door {
	return &door{decider: d.decider, admission: &admission{host: d.host, allow: allow}, server: d.site.Endpoint(), public: d.host.Public}
}
