// SPDX-License-Identifier: Apache-2.0

package screen

import (
	"bytes"
	"embed"
	"errors"
	"html/template"
	"net/http"

	"github.com/bootlace-net/bootlace/internal/api"
)

//go:embed pages
var sources embed.FS

// view is what every page gets.
type view struct {
	Title   string
	At      string   // the place in the navigation
	Visitor *visitor // nil: nobody is known
	Form    string   // the token of forms
	Wide    bool
	Page    any
}

// failure is an error for people.
type failure struct {
	Status int
	Text   string
}

// Error follows error.
func (f *failure) Error() string { return f.Text }

// page parses one page with what all have around it. It is embedded: that it can be parsed is tested.
func page(name string) *template.Template {
	return template.Must(template.New("around.html").Funcs(words()).ParseFS(sources, "pages/around.html", "pages/parts.html", "pages/"+name+".html"))
}

// render writes a page, as a whole or not at all.
func (s *Server) render(w http.ResponseWriter, status int, name string, v view) {
	var b bytes.Buffer
	if v.Visitor != nil {
		v.Form = v.Visitor.form
	}
	if err := s.page(name).Execute(&b, v); err != nil {
		http.Error(w, "The page could not be made.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // nobody is left to be told
}

// page gives a page that was parsed before, if it was.
func (s *Server) page(name string) *template.Template {
	if t, ok := s.pages.Load(name); ok {
		return t.(*template.Template)
	}
	t := page(name)
	s.pages.Store(name, t)
	return t
}

// fail shows what is wrong.
func (s *Server) fail(w http.ResponseWriter, v *visitor, err error) {
	f := &failure{http.StatusInternalServerError, err.Error()}
	var p *api.Problem
	if !errors.As(err, &f) && errors.As(err, &p) {
		f = &failure{p.Status, p.Detail}
	}
	if v.Name == "" {
		v = nil
	}
	s.render(w, f.Status, "failure", view{Title: http.StatusText(f.Status), Visitor: v, Page: f})
}

// statusOf is that of the answer to an order that was refused.
func statusOf(err error) int {
	var p *api.Problem
	if errors.As(err, &p) {
		return p.Status
	}
	return http.StatusInternalServerError
}
