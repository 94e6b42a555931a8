// SPDX-License-Identifier: Apache-2.0

package screen

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/bootlace-net/bootlace/internal/api"
)

// confirmView says what a button will do, and has the button.
type confirmView struct {
	Machine           api.Machine
	Verb, Label       string
	Will, Danger      string
	Profiles          []string // to choose from
	Next              string   // the profile that is set already
	IsPower           bool
	Wrong             string // why it was not done
	Installs, Profile string
}

// confirmPage is where every button leads to: nothing happens by looking at it.
func (s *Server) confirmPage(w http.ResponseWriter, r *http.Request, v *visitor) {
	s.confirm(w, r, v, http.StatusOK, "")
}

func (s *Server) confirm(w http.ResponseWriter, r *http.Request, v *visitor, status int, wrong string) {
	a := actionOf(r.PathValue("verb"))
	if a == nil {
		s.fail(w, v, &failure{http.StatusNotFound, "There is no such button."})
		return
	}
	m, err := s.As(v.Caller).Machine(r.Context(), r.PathValue("name"))
	if err != nil {
		s.fail(w, v, err)
		return
	}
	p := confirmView{Machine: m, Verb: a.verb, Label: strings.TrimSuffix(a.label, "…"), Will: a.will, Danger: a.danger, IsPower: a.verb == power, Wrong: wrong}
	if a.verb == string(api.Next) {
		p.Profiles = s.profileNames(r.Context(), v)
		if m.Life != nil {
			p.Next = m.Life.Next
		}
	}
	s.render(w, status, "confirm", view{Title: p.Label + ": " + m.Name, At: "fleet", Visitor: v, Page: p})
}

// obey does what a button says. By whom stands in the log and in the machine's timeline, as for everybody who asks the API.
func (s *Server) obey(w http.ResponseWriter, r *http.Request, v *visitor) {
	verb, name := r.PathValue("verb"), r.PathValue("name")
	if actionOf(verb) == nil {
		s.fail(w, v, &failure{http.StatusNotFound, "There is no such button."})
		return
	}
	if verb == power {
		s.switchPower(w, r, v)
		return
	}
	change, err := s.As(v.Caller).Order(r.Context(), name, api.Verb(verb), r.PostFormValue("profile"))
	if err != nil {
		s.confirm(w, r, v, statusOf(err), err.Error())
		return
	}
	s.back(w, r, name, verb, change.Changed && change.Machine == nil, change.Changed)
}

// back goes to the machine's page, or to the fleet if there is nothing left to show.
func (s *Server) back(w http.ResponseWriter, r *http.Request, name, verb string, gone, changed bool) {
	to := "/m/" + url.PathEscape(name)
	if gone {
		to = "/"
	}
	http.Redirect(w, r, to+"?did="+verb+"&changed="+strconv.FormatBool(changed), http.StatusSeeOther)
}

// slow is how long a BMC may take.
const slow = 2 * time.Minute

func (s *Server) switchPower(w http.ResponseWriter, r *http.Request, v *visitor) {
	_ = http.NewResponseController(w).SetWriteDeadline(s.Now().Add(slow)) // a writer without deadlines (tests) needs none
	o := api.PowerOrder{Action: r.PostFormValue("action"), Network: r.PostFormValue("network") != ""}
	p, err := s.As(v.Caller).Power(r.Context(), r.PathValue("name"), o)
	if err != nil {
		s.confirm(w, r, v, statusOf(err), err.Error())
		return
	}
	s.render(w, http.StatusOK, "power", view{Title: "Power: " + p.Name, At: "fleet", Visitor: v, Page: p})
}
