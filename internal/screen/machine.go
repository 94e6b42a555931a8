// SPDX-License-Identifier: Apache-2.0

package screen

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/bootlace-net/bootlace/internal/api"
)

// machineView is the page of one machine.
type machineView struct {
	Machine api.Machine
	Now     time.Time
	Verdict verdict
	Falls   waterfall
	Last    uint64   // the number of the newest event that is shown
	Said    string   // what an order that was just given has done
	Buttons []button // that the visitor may press
	Plan    *api.Plan
	Files   []api.RenderedFile
}

// button leads to a page that says what it will do.
type button struct{ Verb, Label string }

// machinePage answers what a machine did and will do.
func (s *Server) machinePage(w http.ResponseWriter, r *http.Request, v *visitor) {
	ask := s.As(v.Caller)
	m, err := ask.Machine(r.Context(), r.PathValue("name"))
	if err != nil {
		s.fail(w, v, err)
		return
	}
	told, err := ask.Timeline(r.Context(), m.ID)
	if err != nil {
		s.fail(w, v, err)
		return
	}
	p := machineView{Machine: m, Now: s.Now(), Verdict: judge(told.Events, s.Now()), Falls: draw(told.Events), Said: said(r.URL.Query())}
	if n := len(told.Events); n > 0 {
		p.Last = told.Events[n-1].Number
	}
	p.plan(r.Context(), ask)
	if v.May("operate") {
		p.Buttons = buttonsFor(&m)
	}
	s.render(w, http.StatusOK, "machine", view{Title: m.Name, At: "fleet", Visitor: v, Page: p})
}

// plan adds what the configuration says of the machine. Where that cannot be had, the rest is shown.
func (p *machineView) plan(ctx context.Context, ask Plans) {
	if plan, err := ask.Plan(ctx, p.Machine.ID); err == nil {
		p.Plan = &plan
	}
	if files, err := ask.Files(ctx, p.Machine.ID); err == nil {
		p.Files = files.Files
	}
}

// buttonsFor leaves out what makes no sense for a machine.
func buttonsFor(m *api.Machine) (all []button) {
	for _, a := range actions() {
		if a.fits(m) {
			all = append(all, button{a.verb, a.label})
		}
	}
	return all
}

// said is what became of an order that the browser comes back from. Only words of our own are shown.
func said(q url.Values) string {
	a := actionOf(q.Get("did"))
	switch {
	case a == nil:
		return ""
	case q.Get("changed") == "false":
		return "It was so already: nothing was changed."
	}
	return a.done
}
