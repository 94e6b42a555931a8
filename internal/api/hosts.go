// SPDX-License-Identifier: Apache-2.0

package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/site"
)

// HostKeeper keeps the hosts that are made by the API.
type HostKeeper interface {
	// Hosts lists all hosts, by name, those of the YAML as well.
	Hosts() ([]KeptHost, error)
	// Change gives the host of a name as it is kept (nil: it is not) to a function, keeps what that gives back (nil: no more), and puts it
	// into use. Nobody else changes hosts meanwhile. A *Problem is an answer.
	Change(name string, change func(old json.RawMessage) (json.RawMessage, error)) (changed bool, err error)
}

// Hosts are all hosts.
type Hosts struct {
	Hosts []KeptHost `json:"hosts"`
}

// KeptHost is a host, of the YAML or made by the API.
type KeptHost struct {
	Name   string         `json:"name"`
	Source string         `json:"source"`         // yaml or api
	At     string         `json:"at,omitempty"`   // file:line:col
	Used   bool           `json:"used"`           // false: the YAML has it, too, and wins
	Host   map[string]any `json:"host,omitempty"` // of one that was made by the API: as YAML has it

	Kept json.RawMessage `json:"-"` // the same, as it is kept
}

// HostChange is what became of a host.
type HostChange struct {
	Changed bool      `json:"changed"`        // false: it was so already
	Host    *KeptHost `json:"host,omitempty"` // as it is now; none: it is deleted
}

func (s *Server) hosts() (Hosts, error) {
	if s.Hosts == nil {
		return Hosts{}, errNoSite()
	}
	all, err := s.Hosts.Hosts()
	return Hosts{append([]KeptHost{}, all...)}, err
}

// host finds one, with its tag.
func (s *Server) host(name string) (*KeptHost, string, error) {
	all, err := s.hosts()
	if err != nil {
		return nil, "", err
	}
	for i := range all.Hosts {
		if h := &all.Hosts[i]; h.Name == name {
			return h, tag(h.Kept), nil
		}
	}
	return nil, "", problem(http.StatusNotFound, fmt.Sprintf("there is no host %s", excerpt(name)))
}

// getHost answers GET /hosts/NAME.
func (s *Server) getHost(w http.ResponseWriter, r *http.Request) {
	h, etag, err := s.host(r.PathValue("name"))
	if err == nil && etag != "" {
		w.Header().Set("ETag", etag)
	}
	answer(w, r, h, err)
}

// putHost answers PUT /hosts/NAME. The same again changes nothing.
func (s *Server) putHost(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if large := (*http.MaxBytesError)(nil); errors.As(err, &large) {
		problem(http.StatusRequestEntityTooLarge, fmt.Sprintf("the body has more than %d bytes", large.Limit)).ServeHTTP(w, r)
		return
	}
	name := r.PathValue("name")
	kept, bad := site.CanonicalHost(name, body)
	if err != nil || bad != nil {
		problem(http.StatusBadRequest, excerpt(errors.Join(err, bad).Error())).ServeHTTP(w, r)
		return
	}
	s.changeHost(w, r, name, kept)
}

// deleteHost answers DELETE /hosts/NAME.
func (s *Server) deleteHost(w http.ResponseWriter, r *http.Request) {
	s.changeHost(w, r, r.PathValue("name"), nil)
}

func (s *Server) changeHost(w http.ResponseWriter, r *http.Request, name string, kept json.RawMessage) {
	if s.Hosts == nil {
		errNoSite().ServeHTTP(w, r)
		return
	}
	var before json.RawMessage
	changed, err := s.Hosts.Change(name, func(old json.RawMessage) (json.RawMessage, error) {
		before = old
		if old == nil && kept == nil {
			return nil, problem(http.StatusNotFound, fmt.Sprintf("the API made no host %s", excerpt(name)))
		}
		if kept != nil && bytes.Equal(old, kept) {
			return kept, nil // whoever asks for what is so already knows what is there
		}
		return kept, demand(r, tag(old))
	})
	out := HostChange{Changed: changed}
	if err == nil && kept != nil {
		var etag string
		out.Host, etag, err = s.host(name)
		w.Header().Set("ETag", etag)
	}
	if changed {
		s.tellHost(name, callerFrom(r.Context()).Name, before, kept)
	}
	answer(w, r, out, err)
}

// tellHost puts who changed what, what it was and what it is, into the log.
func (s *Server) tellHost(name, by string, before, after json.RawMessage) {
	if s.Events == nil {
		return
	}
	was := func(b json.RawMessage) string {
		if b == nil {
			return "nothing"
		}
		return string(b)
	}
	s.Events(boot.Event{Kind: boot.EventNetwork, Level: boot.LevelInfo, Text: "host " + name + " was changed by the API",
		Detail: boot.Excerpt(fmt.Sprintf("by %s; it was %s, and is %s", by, was(before), was(after)), longestMessage)})
}
