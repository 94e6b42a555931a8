// SPDX-License-Identifier: Apache-2.0

package screen

import (
	"cmp"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/api"
)

// unknownView is the page of the machines that wait for a decision.
type unknownView struct {
	api.Waiters
	Now  time.Time
	Said string
}

// unknownPage answers who waits, and what it is.
func (s *Server) unknownPage(w http.ResponseWriter, r *http.Request, v *visitor) {
	all, err := s.As(v.Caller).Waiting(r.Context())
	if err != nil {
		s.fail(w, v, err)
		return
	}
	p := unknownView{Waiters: all, Now: s.Now()}
	if name := r.URL.Query().Get("adopted"); name != "" && hostName.MatchString(name) {
		p.Said = "It is host " + name + " now, and boots within seconds."
	}
	s.render(w, http.StatusOK, "unknown", view{Title: "Unknown", At: "unknown", Visitor: v, Page: p})
}

// hostName is what may be said of a name that comes by an address.
var hostName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$`)

// unknownLive says that there may be somebody else who waits.
func (s *Server) unknownLive(w http.ResponseWriter, r *http.Request, v *visitor) {
	before := -1
	s.follow(w, r, v, func(c change) string {
		now := c.counts[api.Waiting]
		waits := c.all || now != before
		for i := range c.tiles {
			waits = waits || c.tiles[i].State == api.Waiting
		}
		if before = now; waits {
			return "{}"
		}
		return ""
	})
}

// adoptView is the form of one that waits.
type adoptView struct {
	Waiter   api.Waiter
	Profiles []string
	Asked    api.Adoption
	Rack     string
	Draft    *api.Adopted // what would be written; nil: the form is not filled in yet
	Wrong    string
}

// adoptPage asks what a machine is to be.
func (s *Server) adoptPage(w http.ResponseWriter, r *http.Request, v *visitor) {
	waits, err := s.waiter(r, v)
	if err != nil {
		s.fail(w, v, err)
		return
	}
	s.renderAdopt(w, r, http.StatusOK, v, adoptView{Waiter: waits, Asked: api.Adoption{Name: suggested(&waits.Machine)}})
}

func (s *Server) renderAdopt(w http.ResponseWriter, r *http.Request, status int, v *visitor, p adoptView) {
	p.Profiles = s.profileNames(r.Context(), v)
	s.render(w, status, "adopt", view{Title: "Adopt " + p.Waiter.Code, At: "unknown", Visitor: v, Page: p})
}

// waiter finds the one with the code of a path.
func (s *Server) waiter(r *http.Request, v *visitor) (api.Waiter, error) {
	all, err := s.As(v.Caller).Waiting(r.Context())
	if err != nil {
		return api.Waiter{}, err
	}
	for _, one := range all.Waiting {
		if strings.EqualFold(one.Code, r.PathValue("code")) {
			return one, nil
		}
	}
	return api.Waiter{}, &failure{http.StatusNotFound, "No machine waits with the code " + boot.Excerpt(r.PathValue("code"), 20) + " any more."}
}

// suggested is a name that a machine could have, of what it says that it is.
func suggested(m *api.Machine) string {
	serial := m.Serial
	if m.Inventory != nil {
		serial = cmp.Or(serial, m.Inventory.Serial)
	}
	if serial = strings.ToLower(serial); hostName.MatchString(serial) {
		return serial
	}
	if len(m.MACs) > 0 {
		return "node-" + strings.ReplaceAll(m.MACs[0], ":", "")[6:]
	}
	return ""
}

// adopt shows what would be written, and writes it when that was seen.
func (s *Server) adopt(w http.ResponseWriter, r *http.Request, v *visitor) {
	waits, err := s.waiter(r, v)
	if err != nil {
		s.fail(w, v, err)
		return
	}
	p := adoptView{Waiter: waits, Rack: strings.TrimSpace(r.PostFormValue("rack"))}
	p.Asked = api.Adoption{Name: strings.TrimSpace(r.PostFormValue("name")), Profile: r.PostFormValue("profile"), AllowDestructive: r.PostFormValue("destructive") != "",
		Preview: r.PostFormValue("write") == ""}
	if p.Rack != "" {
		p.Asked.Labels = map[string]string{"rack": p.Rack}
	}
	switch done, err := s.As(v.Caller).Adopt(r.Context(), waits.Code, p.Asked); {
	case err != nil:
		p.Wrong = err.Error()
		s.renderAdopt(w, r, statusOf(err), v, p)
	case p.Asked.Preview:
		p.Draft = &done
		s.renderAdopt(w, r, http.StatusOK, v, p)
	default:
		http.Redirect(w, r, "/unknown?adopted="+url.QueryEscape(done.Name), http.StatusSeeOther)
	}
}
