// SPDX-License-Identifier: Apache-2.0

package api

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/machines/life"
)

// Change is what became of a verb.
type Change struct {
	Changed bool     `json:"changed"`           // false: it was so already
	Machine *Machine `json:"machine,omitempty"` // as it is now; none: nothing is known of it any more
}

// change does what a verb says.
func (s *Server) change(r *http.Request, f *found) (Change, error) {
	o, err := s.order(r)
	if err == nil && o.Verb == Next {
		err = s.mayBoot(f, o.Profile)
	}
	if err != nil {
		return Change{}, err
	}
	now := s.detailed(f)
	if match := r.Header.Get("If-Match"); match != "" && !tagged(match, now.tag()) {
		return Change{}, problem(http.StatusPreconditionFailed, "it stands elsewhere by now: "+now.State)
	}
	before := now.State
	what, err := s.obey(r.Context(), f, o)
	if err != nil {
		return Change{}, err
	}
	c, after := Change{Changed: len(what) > 0}, "not known any more"
	if now, err := s.find(f.id()); err == nil {
		m := s.detailed(now)
		c.Machine, after = &m, m.State
	}
	s.tell(f, o.Verb, what, fmt.Sprintf("by %s; it was %s, and is %s", callerFrom(r.Context()).Name, before, after))
	return c, nil
}

// mayBoot refuses to install a machine that no host names, unless the configuration says in words that such ones may be.
func (s *Server) mayBoot(f *found, profile string) error {
	cat := s.Catalog()
	by := cat.Installs(profile)
	if by == "" || f.host != nil || cat.Unknown().AllowDestructive || slices.ContainsFunc(f.plan.Groups, func(g *boot.Group) bool { return g.AllowDestructive }) {
		return nil
	}
	return problem(http.StatusConflict, fmt.Sprintf("next: profile %s installs, and no host names this machine: write one first", by))
}

// obey changes what is stored of a machine, and says what it did; nothing where all was so already.
func (s *Server) obey(ctx context.Context, f *found, o life.Order) (what []life.Effect, err error) {
	if s.Lives != nil {
		what, err = s.live(ctx, f, o)
	} else if o.Verb != Release && o.Verb != Forget {
		err = problem(http.StatusNotImplemented, string(o.Verb)+": this appliance does not keep what machines install")
	}
	switch {
	case err != nil:
		return nil, err
	case o.Verb == Release && s.release(f):
		what = append(what, life.Effect{Text: "its boots are counted anew"})
	case o.Verb == Forget && s.forget(f):
		what = append(what, life.Effect{Text: "forgot all that packets said of " + f.name()})
	}
	return what, nil
}

// live gives an order to the machine's life.
func (s *Server) live(ctx context.Context, f *found, o life.Order) ([]life.Effect, error) {
	if now, err := s.Lives.Life(f.plan); err == nil && now.Record.Schema == 0 && !now.Status.Doubt && (o.Verb == Release || o.Verb == Forget) {
		return nil, nil // nothing is stored: no record is begun to say so
	}
	result, err := s.Lives.Order(ctx, f.plan, o)
	switch {
	case err != nil:
		return nil, err
	case result.Refused:
		why := result.Status.Why
		for _, e := range result.Effects {
			why = e.Text
		}
		return nil, problem(http.StatusConflict, string(o.Verb)+": "+excerpt(cmp.Or(why, "not now")))
	case !result.Changed:
		return nil, nil
	case len(result.Effects) == 0:
		return []life.Effect{{Text: string(o.Verb)}}, nil
	}
	return result.Effects, nil
}

// release ends the verdict that a machine loops: its boots are counted anew.
func (s *Server) release(f *found) (changed bool) {
	for _, key := range f.keys() {
		s.Memory.Learn(key, func(h *boot.History) {
			before := *h
			h.Arrived()
			changed = changed || *h != before
		})
	}
	return changed
}

func (s *Server) forget(f *found) (changed bool) {
	for _, key := range f.keys() {
		changed = s.Memory.Forget(key) || changed
	}
	return changed
}

// tell puts what was done, who asked, and what it was before and is now, into the log and into the machine's timeline. That of a machine that was not heard
// of, or is forgotten, does not begin by that: it would be heard of.
func (s *Server) tell(f *found, verb Verb, what []life.Effect, how string) {
	for _, effect := range what {
		e := boot.Event{Kind: boot.EventNotice, Level: boot.LevelInfo, Text: effect.Text, Detail: fmt.Sprintf("bootlace machines %s, %s", verb, how)}
		if effect.Alarm != "" {
			e.Level = boot.LevelWarn
		}
		if e.About(f.plan); verb == Forget || len(f.cards) == 0 {
			e.Kind, e.Client = boot.EventNetwork, boot.Client{}
		}
		if s.Events != nil {
			s.Events(e)
		}
	}
}

// settle ends the doubt whether what is stored is the newest there was, for all machines at once.
func (s *Server) settle(r *http.Request) (Change, error) {
	if s.Settle == nil {
		return Change{}, nil
	}
	changed, err := s.Settle(callerFrom(r.Context()).Name)
	return Change{Changed: changed}, err
}
