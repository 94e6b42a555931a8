// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"
	"github.com/rs/zerolog"
)

// settle is how long the directory must be quiet before it is read: editors write, rename and set permissions in a
// burst, and a `git pull` touches many files.
const settle = 200 * time.Millisecond

// watcher asks for a reload when files below dir change, or when something comes from hup (SIGHUP).
type watcher struct {
	dir    string
	hup    <-chan struct{}
	reload func()
	log    zerolog.Logger
}

// Run follows the directory until ctx ends. Where watching is not possible (too many watches, a network file system)
// it says so and goes on with SIGHUP alone.
func (w *watcher) Run(ctx context.Context) error {
	events, errs, stop := w.watch()
	defer stop()
	quiet := time.NewTimer(0)
	<-quiet.C
	defer quiet.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-w.hup:
			w.reload()
		case <-quiet.C:
			w.reload()
		case ev, ok := <-events:
			if !ok {
				events = nil
			} else if ev.Op != fsnotify.Chmod { // reading a file can change its access time
				quiet.Reset(settle)
			}
		case err := <-errs:
			w.log.Warn().Err(err).Msg("lost track of file changes: send SIGHUP after editing")
			errs = nil
		}
	}
}

func (w *watcher) String() string { return "watcher" }

// watch follows dir and its subdirectories as they are now; a new one is only seen after a reload by SIGHUP, except that
// its creation already is an event.
func (w *watcher) watch() (<-chan fsnotify.Event, <-chan error, func()) {
	if w.dir == "" {
		return nil, nil, func() {}
	}
	fsw, err := fsnotify.NewWatcher()
	if err == nil {
		err = addTree(fsw, w.dir)
	}
	if err != nil {
		w.log.Warn().Err(err).Str("dir", w.dir).Msg("cannot follow file changes: send SIGHUP after editing")
		return nil, nil, func() {}
	}
	out := make(chan fsnotify.Event)
	done := make(chan struct{})
	go follow(fsw, out, done)
	return out, fsw.Errors, func() { close(done); _ = fsw.Close() }
}

// follow hands events on and watches directories that come to be.
func follow(fsw *fsnotify.Watcher, out chan<- fsnotify.Event, done <-chan struct{}) {
	defer close(out)
	for ev := range fsw.Events {
		if ev.Has(fsnotify.Create) {
			_ = addTree(fsw, ev.Name) // a file, or gone again: nothing to follow
		}
		select {
		case out <- ev:
		case <-done:
			return
		}
	}
}

func addTree(fsw *fsnotify.Watcher, dir string) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) && path != dir {
			return nil // removed while we walked
		}
		if err != nil || !d.IsDir() {
			return err
		}
		return fsw.Add(path)
	})
}
