// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/configs"
	"github.com/bootlace-net/bootlace/internal/netif"
	"github.com/bootlace-net/bootlace/internal/site"
)

// Options are what serve is told.
type Options struct {
	Dir    string // of the configuration; empty: the built-in one
	Over   site.Overrides
	Log    func(configs.Log) (zerolog.Logger, error) // makes the logger that the configuration asks for
	Reload <-chan struct{}                           // SIGHUP; nil: never
}

// daemon is the appliance with its sockets.
type daemon struct {
	opts    Options
	log     zerolog.Logger
	host    *netif.Host
	site    *site.Site // as it was started; the newest is in current
	current atomic.Pointer[site.Site]
	book    *book
	tree    *tree
	story   *story
	count   *metrics
	tasks   []Task
	started []string // what listens where, for the log
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
	if err := d.listen(); err != nil {
		return err
	}
	if err := d.becomeUser(); err != nil {
		return err
	}
	d.announce()
	err = runAll(ctx, d.tasks)
	d.log.Info().Msg("stopped")
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
	host := &netif.Host{Served: set.Server.Interfaces, Addresses: set.Server.Addresses}
	d := &daemon{opts: opts, log: log, host: host, site: found, book: newBook(set.DHCP.TTL, time.Now), count: newMetrics()}
	d.tree = &tree{
		current: func() source { return d.current.Load() },
		server:  found.Endpoint(),
		who:     &resolver{book: d.book, neighbour: host.Neighbour},
		public:  host.Public,
	}
	d.story = &story{log: d.log, tree: d.tree, count: d.count}
	d.swap(found)
	d.warn(append(problems, found.Missing()...))
	if note := found.Images.Note(); note != "" {
		d.log.Warn().Msg(note)
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
	d.tasks = append(d.tasks, &watcher{dir: d.opts.Dir, hup: d.opts.Reload, reload: d.reload, log: d.log})
	return nil
}

// becomeUser drops privileges, and proves that the next reload will still be able to read the configuration.
func (d *daemon) becomeUser() error {
	user := d.site.Settings.Server.User
	if err := dropPrivileges(user); err != nil {
		return &SystemError{What: "privileges", Err: err}
	}
	if err := mayUpload(&d.site.Settings.TFTP.Writes, user); err != nil {
		return err
	}
	if _, _, err := site.Open(d.opts.Dir, d.opts.Over); err != nil {
		return &SystemError{What: "configuration", Err: err,
			Fix: fmt.Sprintf("user %s must be able to read it: chmod -R o+rX, or set server.user", user)}
	}
	return nil
}

// announce says what runs, and what is served to whom.
func (d *daemon) announce() {
	s := d.site.Settings.Server
	cat := d.site.Catalog
	e := d.log.Info().Strs("listen", d.started).Int("hosts", len(cat.Hosts())).Int("profiles", len(cat.Profiles())).
		Stringer("unknown", cat.Unknown()).Str("images", d.site.ImagesDir())
	if len(s.Interfaces) > 0 {
		e = e.Strs("interfaces", s.Interfaces)
	}
	e.Msg("serving")
}

// health is what /healthz says.
func (d *daemon) health() error {
	if d.current.Load() == nil {
		return errors.New("no configuration")
	}
	return nil
}

// warn logs problems that do not stop us.
func (d *daemon) warn(problems []boot.Problem) {
	for _, p := range boot.Bounded(problems) {
		d.log.Warn().Stringer("at", p.Pos).Str("expected", p.Expected).Msg(p.What)
	}
}
