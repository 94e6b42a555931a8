// SPDX-License-Identifier: Apache-2.0

package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
)

// Change is what became of a verb.
type Change struct {
	Changed bool     `json:"changed"`           // false: it was so already
	Machine *Machine `json:"machine,omitempty"` // as it is now; none: it is forgotten
}

// change does what a verb says.
func (s *Server) change(r *http.Request, f *found) (Change, error) {
	o, err := s.order(r)
	if err != nil {
		return Change{}, err
	}
	changed, err := s.obey(r, f, o)
	if err != nil {
		return Change{}, err
	}
	if changed {
		s.tell(f, o)
	}
	now, err := s.find(f.id())
	if err != nil {
		return Change{Changed: changed}, nil // nothing is known of it any more
	}
	m := s.detailed(now)
	return Change{changed, &m}, nil
}

// order reads what is asked for.
func (s *Server) order(r *http.Request) (Order, error) {
	o := Order{Verb: Verb(r.PathValue("verb")), By: peerFrom(r.Context()).String()}
	if !slices.Contains(Verbs(), o.Verb) {
		return o, problem(http.StatusNotFound, fmt.Sprintf("there is no verb %s: expected %s", excerpt(string(o.Verb)), verbList()))
	}
	var body struct {
		Profile string `json:"profile"`
	}
	if err := decode(r.Body, &body); err != nil {
		return o, err
	}
	if o.Profile = body.Profile; o.Verb != Next {
		if o.Profile != "" {
			return o, problem(http.StatusBadRequest, "profile: only next takes one")
		}
		return o, nil
	}
	return o, s.hasProfile(o.Profile)
}

func verbList() string {
	words := make([]string, 0, len(Verbs()))
	for _, v := range Verbs() {
		words = append(words, string(v))
	}
	return strings.Join(words, ", ")
}

// hasProfile refuses what the configuration does not have.
func (s *Server) hasProfile(name string) error {
	cat := s.Catalog()
	if cat.Profile(name) != nil {
		return nil
	}
	var names []string
	for _, p := range cat.Profiles() {
		names = append(names, p.Name)
	}
	if name == "" {
		return problem(http.StatusBadRequest, "profile: "+boot.Hint("", names))
	}
	return problem(http.StatusBadRequest, fmt.Sprintf("there is no profile %s: %s", excerpt(name), boot.Hint(name, names)))
}

// decode reads one JSON object without anything unknown in it, or nothing at all.
func decode(body io.Reader, to any) error {
	d := json.NewDecoder(body)
	d.DisallowUnknownFields()
	err := d.Decode(to)
	if errors.Is(err, io.EOF) {
		return nil
	}
	if err == nil {
		if _, more := d.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("something follows the object")
			var large *http.MaxBytesError
			if errors.As(more, &large) {
				err = more
			}
		}
	}
	var large *http.MaxBytesError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &large):
		return problem(http.StatusRequestEntityTooLarge, fmt.Sprintf("the body has more than %d bytes", large.Limit))
	}
	return problem(http.StatusBadRequest, "the body is not what is expected, JSON: "+excerpt(err.Error()))
}

// obey changes what is stored of a machine.
func (s *Server) obey(r *http.Request, f *found, o Order) (changed bool, err error) {
	if s.Lives != nil {
		changed, err = s.Lives.Order(r.Context(), f.plan, o)
	} else if o.Verb != Release && o.Verb != Forget {
		err = problem(http.StatusNotImplemented, string(o.Verb)+": this appliance does not keep what machines install")
	}
	if err != nil {
		return false, err
	}
	switch o.Verb {
	case Release:
		return s.release(f) || changed, nil
	case Forget:
		return s.forget(f) || changed, nil
	default:
		return changed, nil
	}
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

// tell puts a change into the log and into the machine's timeline; of a machine that is forgotten there is none.
func (s *Server) tell(f *found, o Order) {
	if s.Events == nil {
		return
	}
	e := boot.Event{Kind: boot.EventNotice, Level: boot.LevelInfo, Text: fmt.Sprintf("%s, as %s asked", o.words(), o.By)}
	if e.About(f.plan); o.Verb == Forget {
		e = boot.Event{Kind: boot.EventNetwork, Level: boot.LevelInfo, Text: fmt.Sprintf("%s %s, as %s asked", o.words(), f.name(), o.By)}
	}
	s.Events(e)
}

// words says what was done.
func (o Order) words() string {
	return map[Verb]string{
		Next: "the next boot is of profile " + o.Profile, Install: "to be installed again", Hold: "held: nothing installs", Release: "released",
		Done: "counts as installed", Forget: "forgot",
	}[o.Verb]
}
