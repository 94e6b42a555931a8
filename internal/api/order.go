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
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/machines/life"
)

// Verb is what an operator may ask for a machine.
type Verb = life.Verb

// The verbs.
const (
	Next    = life.OrderNext
	Install = life.OrderInstall
	Hold    = life.OrderHold
	Release = life.OrderRelease
	Finish  = life.OrderDone
	Forget  = life.OrderForget
)

// OrderBody goes with a verb.
type OrderBody struct {
	Profile *string `json:"profile,omitempty"` // of next, which needs one: an empty one takes back the last
}

// order reads what is asked for.
func (s *Server) order(r *http.Request) (life.Order, error) {
	o := life.Order{Verb: Verb(r.PathValue("verb")), At: time.Now()}
	if !slices.Contains(life.Verbs(), o.Verb) {
		return o, problem(http.StatusNotFound, fmt.Sprintf("there is no verb %s: expected %s", excerpt(string(o.Verb)), verbList()))
	}
	var body OrderBody
	if err := decode(r.Body, &body); err != nil {
		return o, err
	}
	switch {
	case o.Verb == Next && body.Profile == nil:
		return o, problem(http.StatusBadRequest, "profile: expected one, or an empty one to take back the last")
	case o.Verb == Next:
		o.Profile = *body.Profile
		return o, s.hasProfile(o.Profile)
	case body.Profile != nil:
		return o, problem(http.StatusBadRequest, "profile: only next takes one")
	}
	return o, nil
}

func verbList() string {
	words := make([]string, 0, len(life.Verbs()))
	for _, v := range life.Verbs() {
		words = append(words, string(v))
	}
	return strings.Join(words, ", ")
}

// hasProfile refuses what the configuration does not have. An empty name is none.
func (s *Server) hasProfile(name string) error {
	cat := s.Catalog()
	if name == "" || cat.Profile(name) != nil {
		return nil
	}
	names := make([]string, 0, len(cat.Profiles()))
	for _, p := range cat.Profiles() {
		names = append(names, p.Name)
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
		if _, err = d.Token(); errors.Is(err, io.EOF) {
			return nil
		}
	}
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return problem(http.StatusRequestEntityTooLarge, fmt.Sprintf("the body has more than %d bytes", large.Limit))
	case err == nil:
		err = errors.New("something follows the object")
	}
	return problem(http.StatusBadRequest, "the body is not what is expected, JSON: "+excerpt(err.Error()))
}
