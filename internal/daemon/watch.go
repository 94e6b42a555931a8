// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"

	"github.com/bootlace-net/bootlace/boot"
)

// settle is how long the directory must be quiet before it is read: editors write, rename and set permissions in a
// burst, and a `git pull` touches many files.
const settle = 200 * time.Millisecond

// unsettled is how long it may be unquiet: a directory that changes all the time is read as it is.
const unsettled = 10 * settle

// lookForImages is how often it is looked whether images were pulled or removed, which another program does. It costs a system call.
const lookForImages = 2 * time.Second

// watcher asks for a reload when files below dir change, or in also, when there are other images, or when something comes from hup
// (SIGHUP).
type watcher struct {
	dir    string
	also   string        // a directory beside it; it need not be there
	images func() string // says another thing when there are others; nil: nobody looks
	hup    <-chan struct{}
	reload func()
	say    func(level boot.Level, text string, pairs ...any)
}

// Run follows the directory until ctx ends. Where watching is not possible (too many watches, a network file system)
// it says so and goes on with SIGHUP alone.
func (w *watcher) Run(ctx context.Context) error {
	events, errs, stop := w.watch()
	defer stop()
	w.follow(ctx, events, errs)
	return nil
}

// follow reloads when it has become quiet after events.
func (w *watcher) follow(ctx context.Context, events <-chan fsnotify.Event, errs <-chan error) {
	quiet := time.NewTimer(0)
	<-quiet.C
	defer quiet.Stop()
	var unread time.Time // when the first change came that was not read yet; zero: there is none
	look := time.NewTicker(lookForImages)
	defer look.Stop()
	images := w.images
	if images == nil {
		images = func() string { return "" }
	}
	known := images()
	for {
		select {
		case <-ctx.Done():
			return
		case <-w.hup:
			w.reload()
		case <-look.C:
			if now := images(); now != known {
				known = now
				w.reload()
			}
		case <-quiet.C:
			unread = time.Time{}
			w.reload()
		case ev, ok := <-events:
			if !ok {
				events = nil
			} else if ev.Op != fsnotify.Chmod { // reading a file can change its access time
				if unread.IsZero() {
					unread = time.Now()
				}
				quiet.Reset(min(settle, max(0, unsettled-time.Since(unread))))
			}
		case err := <-errs:
			w.say(boot.LevelWarn, "lost track of file changes: send SIGHUP after editing", "error", err)
			errs = nil
		}
	}
}

func (w *watcher) String() string { return "watcher" }

// watch follows dir and its subdirectories, those to come as well, and its parent: a directory that is replaced as a
// whole (a deployment by rename) is another inode, which a watch on the old one never tells of.
func (w *watcher) watch() (<-chan fsnotify.Event, <-chan error, func()) {
	if w.dir == "" {
		return nil, nil, func() {}
	}
	dir, err := filepath.Abs(w.dir)
	if err != nil {
		dir = w.dir
	}
	fsw, err := fsnotify.NewWatcher()
	if err == nil {
		err = addTree(fsw, real(dir))
	}
	if err != nil {
		w.say(boot.LevelWarn, "cannot follow file changes: send SIGHUP after editing", "error", err, "dir", w.dir)
		return nil, nil, func() {}
	}
	also, err := filepath.Abs(w.also)
	if err != nil || w.also == "" || fsw.Add(also) != nil {
		also = dir
	}
	_ = fsw.Add(filepath.Dir(dir)) // not ours to read, perhaps: then only what happens inside is seen
	out := make(chan fsnotify.Event)
	done := make(chan struct{})
	go passOn(fsw, dir, also, out, done)
	return out, fsw.Errors, func() { close(done); _ = fsw.Close() }
}

// real is where a path leads to, links followed.
func real(path string) string {
	if to, err := filepath.EvalSymlinks(path); err == nil {
		return to
	}
	return path
}

// passOn hands events at and below dir on, which may be a link, and in also, and watches directories that come to be.
func passOn(fsw *fsnotify.Watcher, dir, also string, out chan<- fsnotify.Event, done <-chan struct{}) {
	defer close(out)
	below := func(path, dir string) bool { return strings.HasPrefix(path, dir+string(filepath.Separator)) }
	target := real(dir)
	for ev := range fsw.Events {
		switch {
		case ev.Name == dir: // it is another one now
			target = real(dir)
			_ = addTree(fsw, target) // gone: its parent tells when it is back
		case !below(ev.Name, dir) && !below(ev.Name, target) && !below(ev.Name, also):
			continue // a neighbour of the directory
		case ev.Has(fsnotify.Create):
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
