// SPDX-License-Identifier: Apache-2.0

package api

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/bootlace-net/bootlace/internal/logins"
)

// Prefix is where all routes are.
const Prefix = "/api/v1"

func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	s.eachRoute(func(least logins.Role, pattern string, h http.HandlerFunc) {
		method, path, _ := strings.Cut(pattern, " ")
		mux.HandleFunc(method+" "+Prefix+path, s.may(least, h))
	})
	return plain{mux}
}

// eachRoute gives all that can be asked, with the least role that may.
func (s *Server) eachRoute(handle func(least logins.Role, pattern string, h http.HandlerFunc)) {
	handle(logins.Read, "GET /machines", func(w http.ResponseWriter, r *http.Request) {
		page, err := s.list(r)
		answer(w, r, page, err)
	})
	handle(logins.Read, "GET /machines/{name}", s.of(func(w http.ResponseWriter, r *http.Request, f *found) {
		m := s.detailed(f)
		w.Header().Set("ETag", m.tag())
		answer(w, r, m, nil)
	}))
	handle(logins.Read, "GET /machines/{name}/timeline", s.of(s.timeline))
	handle(logins.Read, "GET /events", s.events)
	s.eachBook(handle)
	handle(logins.Operate, "POST /machines/{name}/power", s.of(s.power))
	handle(logins.Operate, "POST /machines/{name}/{verb}", s.of(func(w http.ResponseWriter, r *http.Request, f *found) {
		change, err := s.change(r, f)
		answer(w, r, change, err)
	}))
	handle(logins.Read, "GET /images", s.images)
	handle(logins.Read, "GET /waiting", func(w http.ResponseWriter, r *http.Request) { answer(w, r, s.waiting(), nil) })
	handle(logins.Operate, "POST /waiting/{code}/adopt", func(w http.ResponseWriter, r *http.Request) {
		done, err := s.adopt(r)
		answer(w, r, done, err)
	})
	handle(logins.Read, "GET /hosts", reads(s.hosts))
	handle(logins.Read, "GET /hosts/{name}", s.getHost)
	handle(logins.Operate, "PUT /hosts/{name}", s.putHost)
	handle(logins.Operate, "DELETE /hosts/{name}", s.deleteHost)
	handle(logins.Admin, "POST /release", func(w http.ResponseWriter, r *http.Request) {
		done, err := s.settle(r)
		answer(w, r, done, err)
	})
	handle(logins.Admin, "GET /backup", s.backup)
}

// eachBook gives what can only be read of the configuration and of the network.
func (s *Server) eachBook(handle func(least logins.Role, pattern string, h http.HandlerFunc)) {
	handle(logins.Read, "GET /machines/{name}/plan", s.of(func(w http.ResponseWriter, r *http.Request, f *found) {
		x, err := s.plan(f)
		answer(w, r, x, err)
	}))
	handle(logins.Read, "GET /machines/{name}/files", s.of(func(w http.ResponseWriter, r *http.Request, f *found) {
		list, err := s.files(f)
		answer(w, r, list, err)
	}))
	handle(logins.Read, "GET /machines/{name}/files/{path...}", s.of(s.file))
	handle(logins.Read, "GET /profiles", reads(func() (Profiles, error) { return s.profiles(), nil }))
	handle(logins.Read, "GET /findings", reads(s.whatIsWrong))
	handle(logins.Read, "GET /network", reads(func() (Network, error) { return s.network(), nil }))
	handle(logins.Read, "GET /throughput", reads(s.throughput))
	handle(logins.Read, "GET /metrics", s.numbers)
	handle(logins.Read, "GET /openapi.json", openAPI)
}

// reads answers with what is the same for everybody.
func reads[T any](get func() (T, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v, err := get()
		answer(w, r, v, err)
	}
}

// of finds the machine of a route.
func (s *Server) of(h func(http.ResponseWriter, *http.Request, *found)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		f, err := s.find(r.PathValue("name"))
		if err != nil {
			asProblem(err).ServeHTTP(w, r)
			return
		}
		h(w, r, f)
	}
}

// plain answers with a problem where ServeMux has words of its own: for what is no route, and for paths that it would clean.
type plain struct{ mux *http.ServeMux }

func (p plain) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if _, pattern := p.mux.Handler(r); pattern != "" {
		p.mux.ServeHTTP(w, r)
		return
	}
	if allowed := p.methods(r); allowed != "" {
		w.Header().Set("Allow", allowed)
		problem(http.StatusMethodNotAllowed, fmt.Sprintf("%s is not for this: expected %s", excerpt(r.Method), allowed)).ServeHTTP(w, r)
		return
	}
	problem(http.StatusNotFound, "there is nothing here: see docs/api.md").ServeHTTP(w, r)
}

// methods lists those that a path has.
func (p plain) methods(r *http.Request) string {
	var all []string
	for _, m := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete} {
		other := r.Clone(r.Context())
		other.Method = m
		if _, pattern := p.mux.Handler(other); pattern != "" {
			all = append(all, m)
		}
	}
	return strings.Join(all, ", ")
}
