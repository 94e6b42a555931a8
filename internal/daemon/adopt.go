// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/configs"
	"github.com/bootlace-net/bootlace/internal/api"
	"github.com/bootlace-net/bootlace/internal/machines"
	"github.com/bootlace-net/bootlace/internal/machines/waiting"
	"github.com/bootlace-net/bootlace/internal/site"
)

// adopter makes hosts of machines that wait.
type adopter struct {
	site   func() *site.Site
	memory *machines.Memory
	waits  *waiting.List
	reload func() error
	events func(boot.Event)

	mu sync.Mutex // one writes at a time
}

// Adopt follows api.Adopter.
func (a *adopter) Adopt(_ context.Context, code string, o api.Adoption, by string) (api.Adopted, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	e, ok := a.waits.Find(code)
	if !ok {
		return api.Adopted{}, adoptProblem(http.StatusNotFound, "no machine waits with this code: bootlace machines waiting lists them")
	}
	n, err := a.newcomer(e, o, by)
	if err != nil {
		return api.Adopted{}, err
	}
	done := api.Adopted{Code: e.Code, Name: n.Name, MAC: n.Client.MAC.String(), File: a.site().AdoptedFile()}
	if o.Preview {
		content, err := a.site().Draft([]site.Newcomer{n})
		done.Content = string(content)
		return done, asAdoptProblem(err, a.site())
	}
	return done, asAdoptProblem(a.write([]site.Newcomer{n}, by), a.site())
}

// newcomer is the host that a machine is to become.
func (a *adopter) newcomer(e waiting.Entry, o api.Adoption, by string) (site.Newcomer, error) {
	known := a.facts(e)
	c := known.Client
	p := a.site().Plan(c)
	switch {
	case p.Host != nil:
		return site.Newcomer{}, adoptProblem(http.StatusConflict, fmt.Sprintf("it is host %s, at %s, already: say there what it boots", p.Host.Name, p.Host.Pos))
	case p.Action != boot.ActionWait:
		return site.Newcomer{}, adoptProblem(http.StatusConflict, "it does not wait any more: "+p.Reason())
	case e.Key.IsGroup() && c.UUID.IsZero():
		return site.Newcomer{}, adoptProblem(http.StatusConflict, "it tells neither a MAC address nor a UUID by which to know it again")
	}
	n := site.Newcomer{Client: c, Destructive: o.AllowDestructive}
	n.NewHost = configs.NewHost{Name: o.Name, Profile: o.Profile, Labels: o.Labels, Vars: boot.Vars(o.Vars), Note: note(&known, by, time.Now())}
	if e.Key.IsGroup() {
		n.UUID = c.UUID
	} else {
		n.MAC = e.Key
	}
	return n, nil
}

// facts is what is known of a machine. It may have given way to others.
func (a *adopter) facts(e waiting.Entry) machines.Known {
	known, ok := a.memory.Look(e.Key)
	if !ok {
		known = machines.Known{Key: e.Key, Client: boot.Client{MAC: e.Key}}
	}
	return known
}

// note is the comment of a host: who adopted it, and what it said that it is.
func note(k *machines.Known, by string, now time.Time) string {
	words := "adopted on " + now.UTC().Format(time.DateOnly) + " by " + by
	serial := k.Client.Serial
	if i := k.Inventory; i != nil {
		serial = cmp.Or(serial, i.Serial)
		if model := strings.TrimSpace(i.Manufacturer + " " + i.Product); model != "" {
			words += "; " + model
		}
	}
	if serial != "" {
		words += "; serial " + serial
	}
	return boot.Excerpt(words, mostOfReason)
}

// write makes hosts of machines, puts them into use, and tells. The lock is held.
func (a *adopter) write(all []site.Newcomer, by string) error {
	if err := a.site().Adopt(all); err != nil {
		return err
	}
	if err := a.reload(); err != nil {
		return fmt.Errorf("it is written, but the configuration could not be read again: %w", err)
	}
	for i := range all {
		n := &all[i]
		a.waits.Leave(n.Client.Key())
		e := boot.Event{Kind: boot.EventNotice, Level: boot.LevelInfo, Text: "adopted as host " + n.Name, Detail: "by " + by}
		e.About(a.site().Plan(n.Client))
		a.events(e)
	}
	return nil
}

func adoptProblem(status int, detail string) error {
	return &api.Problem{Status: status, Title: http.StatusText(status), Detail: detail}
}

// asAdoptProblem says what to do about an error.
func asAdoptProblem(err error, s *site.Site) error {
	var no *site.RefusedError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &no):
		return adoptProblem(http.StatusConflict, "nothing was written: "+no.Error())
	case errors.Is(err, fs.ErrPermission):
		return adoptProblem(http.StatusConflict, fmt.Sprintf("nothing was written: %v: the user that serves must be able to write there: give %s another place with server.adopted, or preview it and write it yourself", err, s.AdoptedFile()))
	}
	return adoptProblem(http.StatusInternalServerError, err.Error())
}
