// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/images/vault"
	"github.com/bootlace-net/bootlace/internal/api"
)

// Times of rot. To look costs a call of the system for each blob, and reading one only when it looks otherwise than before.
const (
	rotEvery  = time.Minute
	toldOfRot = time.Hour // a machine asks again and again
)

// rot knows which images that are kept are not any more what they were, so that somebody hears of it before a machine does.
type rot struct {
	vault  *vault.Vault
	events func(boot.Event)
	now    func() time.Time
	hint   chan struct{} // a machine has met some

	mu   sync.Mutex
	kept int
	bad  map[string]map[string]api.Rot // by image and path
}

func newRot(v *vault.Vault, events func(boot.Event)) *rot {
	return &rot{vault: v, events: events, now: time.Now, hint: make(chan struct{}, 1), bad: make(map[string]map[string]api.Rot)}
}

func (r *rot) String() string { return "rot" }

// Run looks again and again, until ctx ends.
func (r *rot) Run(ctx context.Context) error {
	tick := time.NewTicker(rotEvery)
	defer tick.Stop()
	for {
		r.look(ctx)
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		case <-r.hint:
		}
	}
}

// look compares every image with what it was, and tells what has changed of that.
func (r *rot) look(ctx context.Context) {
	list, _ := r.vault.List() // what is wrong with manifests is told when the configuration is read
	checked := make(map[vault.Digest]error)
	bad := make(map[string]map[string]api.Rot)
	for _, m := range list {
		for i := range m.Files {
			f := &m.Files[i]
			err, done := checked[f.Source.Blob]
			if !done {
				err = r.check(f)
				checked[f.Source.Blob] = err
			}
			if ctx.Err() != nil {
				return
			}
			if err == nil || r.gone(m) {
				continue
			}
			if bad[m.Name] == nil {
				bad[m.Name] = make(map[string]api.Rot)
			}
			bad[m.Name][f.Path] = api.Rot{Path: f.Path, Why: err.Error(), Since: r.now().UTC()}
		}
	}
	r.compare(len(list), bad)
}

// gone reports whether an image was removed or pulled anew meanwhile: what is listed may be a second old.
func (r *rot) gone(m *vault.Manifest) bool {
	r.vault.Refresh()
	now := r.vault.Image(m.Name)
	return now == nil || !now.Added.Equal(m.Added)
}

// check opens a file as it would be served.
func (r *rot) check(f *vault.File) error {
	file, err := r.vault.OpenFile(f)
	if err == nil {
		err = file.Close()
	}
	return err
}

// compare tells what has gone bad, and what is whole again.
func (r *rot) compare(kept int, bad map[string]map[string]api.Rot) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for image, files := range bad {
		if r.bad[image] == nil {
			for _, f := range files {
				r.events(boot.Event{Kind: boot.EventRot, Level: boot.LevelError, Text: "image " + image + " is not what it was, and is not served: bootlace images verify " + image + ", then pull it again", Detail: f.Path + ": " + f.Why})
				break // one is enough to look at it
			}
		}
		for path, f := range files {
			if before, ok := r.bad[image][path]; ok {
				f.Since = before.Since
				files[path] = f
			}
		}
	}
	for image := range r.bad {
		if bad[image] == nil {
			r.events(boot.Event{Kind: boot.EventRot, Level: boot.LevelInfo, Text: "image " + image + " is whole again, or gone"})
		}
	}
	r.kept, r.bad = kept, bad
}

// Stats says how many images are kept, and of how many something is bad.
func (r *rot) Stats() (kept, bad int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.kept, len(r.bad)
}

// Of lists what is bad of an image.
func (r *rot) Of(image string) (all []api.Rot) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, f := range r.bad[image] {
		all = append(all, f)
	}
	return all
}

// met tells that a machine was to be given what has rotted: by its timeline, and to those who look.
func (d *decider) met(p boot.Plan, name boot.Name, err error) {
	var rotten *vault.RotError
	if !errors.As(err, &rotten) {
		return
	}
	e := boot.Event{Kind: boot.EventRot, Level: boot.LevelError, Once: toldOfRot, Text: "is not given " + name.Path() + ", which is not what it was", Detail: rotten.Error()}
	e.About(p)
	d.events(e)
	if d.rotten == nil {
		return
	}
	select {
	case d.rotten <- struct{}{}:
	default: // somebody looks already
	}
}
