// SPDX-License-Identifier: Apache-2.0

package screen

import (
	"context"
	"net/http"

	"github.com/bootlace-net/bootlace/internal/api"
)

// booksView is the page of what can be booted.
type booksView struct {
	Profiles []api.Profile
	Images   api.Images
	Findings api.Findings
	Errors   int // altogether: of very many only the first are there
	Warnings int
}

// booksPage answers which profiles and images there are, and what is wrong with the configuration.
func (s *Server) booksPage(w http.ResponseWriter, r *http.Request, v *visitor) {
	var p booksView
	ask := s.As(v.Caller)
	profiles, err := ask.Profiles(r.Context())
	if err == nil {
		p.Images, err = ask.Images(r.Context())
	}
	if err == nil {
		p.Findings, err = ask.Findings(r.Context())
	}
	if err != nil {
		s.fail(w, v, err)
		return
	}
	p.Profiles, p.Errors, p.Warnings = profiles.Profiles, len(p.Findings.Errors), len(p.Findings.Warnings)
	s.render(w, http.StatusOK, "books", view{Title: "Profiles and images", At: "books", Visitor: v, Page: p})
}

// profileNames are those that a machine may be given. Where they cannot be had, there are none to choose from.
func (s *Server) profileNames(ctx context.Context, v *visitor) (names []string) {
	all, err := s.As(v.Caller).Profiles(ctx)
	if err != nil {
		return nil
	}
	for _, p := range all.Profiles {
		names = append(names, p.Name)
	}
	return names
}

// fileView is a file that is made for a machine.
type fileView struct {
	Machine api.Machine
	Path    string
	Text    string
}

// filePage shows one.
func (s *Server) filePage(w http.ResponseWriter, r *http.Request, v *visitor) {
	ask := s.As(v.Caller)
	m, err := ask.Machine(r.Context(), r.PathValue("name"))
	if err != nil {
		s.fail(w, v, err)
		return
	}
	text, err := ask.File(r.Context(), m.ID, r.PathValue("path"))
	if err != nil {
		s.fail(w, v, err)
		return
	}
	s.render(w, http.StatusOK, "file", view{Title: r.PathValue("path"), At: "fleet", Visitor: v, Page: fileView{m, r.PathValue("path"), text}})
}
