// SPDX-License-Identifier: Apache-2.0

package api

import (
	"bytes"
	"io"
	"net/http"
	"net/netip"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/logins"
)

// RenderedFiles are those that are made for a machine.
type RenderedFiles struct {
	ID    string         `json:"id"`
	Name  string         `json:"name"`
	Files []RenderedFile `json:"files"`
}

// RenderedFile is one of them.
type RenderedFile struct {
	Path   string `json:"path"` // after /machines/NAME/files/
	Size   int64  `json:"size"`
	Secret bool   `json:"secret,omitempty"` // it holds a secret of the operator's: only an admin may read it
}

// files lists what is rendered for a machine.
func (s *Server) files(f *found) (RenderedFiles, error) {
	out := RenderedFiles{ID: f.id(), Name: f.name(), Files: []RenderedFile{}}
	if s.Site == nil {
		return out, errNoSite()
	}
	for r, err := range s.Site().Rendered(f.plan, netip.Addr{}) {
		if err != nil {
			return out, err
		}
		out.Files = append(out.Files, RenderedFile{r.Path, r.Size, boot.HoldsOf(r.File)&boot.HoldsSecret != 0})
	}
	return out, nil
}

// mostRendered bounds a rendered file that is shown, in bytes.
const mostRendered = 8 << 20

// file shows a rendered file as text.
func (s *Server) file(w http.ResponseWriter, r *http.Request, f *found) {
	text, err := s.rendered(f, r.PathValue("path"), callerFrom(r.Context()))
	if err != nil {
		asProblem(err).ServeHTTP(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("X-Content-Type-Options", "nosniff") // nobody's browser runs what packets had a part in
	h.Set("Content-Security-Policy", "sandbox")
	h.Set("Cache-Control", "no-store")
	_, _ = w.Write(text) // nobody is left to be told
}

func (s *Server) rendered(f *found, path string, who Caller) ([]byte, error) {
	if s.Site == nil {
		return nil, errNoSite()
	}
	for r, err := range s.Site().Rendered(f.plan, netip.Addr{}) {
		if err != nil {
			return nil, err
		}
		if r.Path != path {
			continue
		}
		if boot.HoldsOf(r.File)&boot.HoldsSecret != 0 && who.Role < logins.Admin {
			return nil, problem(http.StatusForbidden, "this file holds a secret: it needs "+logins.Admin.String())
		}
		var b bytes.Buffer
		_, err := io.Copy(&b, io.LimitReader(io.NewSectionReader(r.File, 0, r.Size), mostRendered))
		return b.Bytes(), err
	}
	return nil, problem(http.StatusNotFound, "no such file is made for this machine: GET …/files lists them")
}
