// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/configs"
	"github.com/bootlace-net/bootlace/internal/machines"
	"github.com/bootlace-net/bootlace/internal/machines/boltstore"
	"github.com/bootlace-net/bootlace/internal/machines/lives"
	"github.com/bootlace-net/bootlace/internal/machines/waiting"
)

// openAgain is how often a database is tried again that could not be opened: another program may have had it, or a disk was full.
const openAgain = 10 * time.Second

// state is what outlives the program: a database in the state directory. Without it machines are served that do not install.
type state struct {
	path   string
	owner  string        // the user that we will be
	hold   bool          // a new database is one that was lost
	again  time.Duration // see openAgain
	lives  *lives.Lives
	memory *machines.Memory
	waits  *waiting.List
	say    func(level boot.Level, text string, pairs ...any)

	mu  sync.Mutex
	db  *boltstore.DB // nil: it could not be opened
	ctx context.Context
	end context.CancelFunc
}

// openState opens the database of an appliance, and reads what it has.
func (d *daemon) openState(s *configs.Server) {
	ctx, end := context.WithCancel(context.Background())
	d.state = &state{path: filepath.Join(s.State, boltstore.File), owner: s.User, hold: s.NewDB == configs.NewHold, again: openAgain, lives: d.lives, memory: d.memory, waits: d.waits, say: d.recorder.Say, ctx: ctx, end: end}
	d.makeRoomForHosts(s)
	installs := installing(d.site.Catalog)
	if err := d.state.open(); err != nil {
		d.lives.Fail(err)
		if len(installs) == 0 {
			d.recorder.Say(boot.LevelWarn, "what is known of machines ends with this program", "error", err)
			return
		}
		d.recorder.Say(boot.LevelError, "no machine may install, and what is known of machines ends with this program", "error", err, "profiles", installs)
		return
	}
	d.tellOfDatabase(installs)
	if err := errors.Join(d.memory.Recall(d.state.db), d.waits.Recall(d.state.db)); err != nil {
		d.recorder.Say(boot.LevelWarn, "what is known of machines could not be read", "error", err)
	}
	d.state.good(d.opts.Dir, true)
}

// makeRoomForHosts makes the directory of hosts that are adopted where it is in the state: who we will be may make none there.
func (d *daemon) makeRoomForHosts(s *configs.Server) {
	file := d.site.AdoptedFile()
	if s.Adopted != "" || file == "" || !d.site.Catalog.MayWait() {
		return
	}
	if err := errors.Join(makeState(s.State, s.User), makeState(filepath.Dir(file), s.User)); err != nil {
		d.recorder.Say(boot.LevelWarn, "there is no place for hosts that are adopted: set server.adopted to another", "error", err)
	}
}

// installing lists the profiles that install.
func installing(c *boot.Catalog) (names []string) {
	for _, p := range c.Profiles() {
		if p.Install != nil {
			names = append(names, p.Name)
		}
	}
	return names
}

// open opens the database, and has the lives kept there.
func (s *state) open() error {
	if err := makeState(filepath.Dir(s.path), s.owner); err != nil {
		return err
	}
	db, err := boltstore.Open(s.path)
	if err != nil {
		return err
	}
	if err := errors.Join(own(s.path, s.owner), own(boltstore.MarkOf(s.path), s.owner), s.believe(db)); err != nil {
		return errors.Join(err, db.Close())
	}
	switch err := s.lives.Use(s.ctx, db); {
	case errors.Is(err, machines.ErrDamaged):
		s.say(boot.LevelError, "records of machines are damaged: those machines do not install", "file", s.path)
	case err != nil:
		return errors.Join(err, db.Close())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.db = db
	return nil
}

// makeState makes the state directory if it is not there.
func makeState(dir, user string) error {
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // images are in it, which are no secret
		return err
	}
	return own(dir, user)
}

// own gives a file to the user that we will be.
func own(path, user string) error {
	o, err := servingAs(user)
	if err != nil || os.Geteuid() != 0 {
		return err
	}
	return os.Lchown(path, o.UID, o.GID)
}

// opened is the database; nil if there is none.
func (s *state) opened() *boltstore.DB {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.db
}

// Run writes lives and what is known of machines, until ctx ends, and opens a database that could not be opened.
func (s *state) Run(ctx context.Context) error {
	var group sync.WaitGroup
	group.Go(func() { _ = s.lives.Run(ctx) }) // it ends with ctx only
	if db := s.opened(); db != nil {
		group.Go(func() { s.memory.Keep(ctx, db, s.trouble) })
		group.Go(func() { s.waits.Keep(ctx, db, s.trouble) })
	} else {
		group.Go(func() { s.openLater(ctx) })
	}
	group.Wait()
	return s.close()
}

func (s *state) String() string { return "state" }

func (s *state) trouble(err error) {
	s.say(boot.LevelWarn, "what is known of machines could not be written", "error", err)
}

// openLater tries until it succeeds.
func (s *state) openLater(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(s.again):
		}
		err := s.open()
		if err == nil {
			s.say(boot.LevelWarn, "machines may install again; what is known of them is kept from the next start on", "file", s.path)
			return
		}
		s.lives.Fail(err)
	}
}

// close ends the use of the database.
func (s *state) close() error {
	s.end()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.db == nil {
		return nil
	}
	err := s.db.Close()
	s.db = nil
	return err
}
