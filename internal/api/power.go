// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/bootlace-net/bootlace/boot"
)

// Switching machines are the words of what can be asked.
const (
	PowerOn     = "on"
	PowerOff    = "off"
	PowerCycle  = "cycle"
	PowerStatus = "status"
)

// PowerOrder is what is asked of what switches a machine.
type PowerOrder struct {
	Action  string `json:"action"`            // on, off, cycle or status
	Network bool   `json:"network,omitempty"` // the next boot alone is to be from the network, whatever the firmware does else
}

// Power is whether a machine is on, as what switches it says.
type Power struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	By    string `json:"by"`    // what was asked
	State string `json:"state"` // on, off, turning or unknown
}

// Switch switches the machine of a plan. The name is for errors, of which a *Problem is told as it is.
type Switch func(ctx context.Context, p boot.Plan, name string, o PowerOrder) (by, state string, err error)

// patience is how long an order may take: BMCs do.
const patience = 2 * time.Minute

// power does what is asked, and tells who asked and what came of it. Who only looks changes nothing, and that is told nobody.
func (s *Server) power(w http.ResponseWriter, r *http.Request, f *found) {
	wait := http.NewResponseController(w)
	_ = wait.SetReadDeadline(time.Time{}) // where there is none to be set, none is in the way
	_ = wait.SetWriteDeadline(time.Now().Add(patience))
	p, err := s.switched(r, f)
	answer(w, r, p, err)
}

func (s *Server) switched(r *http.Request, f *found) (Power, error) {
	var o PowerOrder
	if err := decode(r.Body, &o); err != nil {
		return Power{}, err
	}
	words := []string{PowerOn, PowerOff, PowerCycle, PowerStatus}
	switch {
	case !slices.Contains(words, o.Action):
		return Power{}, problem(http.StatusBadRequest, "action: "+boot.Hint(o.Action, words))
	case o.Network && (o.Action == PowerOff || o.Action == PowerStatus):
		return Power{}, problem(http.StatusBadRequest, "network: only on and cycle boot a machine")
	case s.Switch == nil:
		return Power{}, problem(http.StatusNotImplemented, "this appliance switches no machines")
	}
	by, state, err := s.Switch(r.Context(), f.plan, f.name(), o)
	if o.Action != PowerStatus {
		s.tellPower(f, o, by, state, err, callerFrom(r.Context()).Name)
	}
	return Power{ID: f.id(), Name: f.name(), By: by, State: state}, err
}

func (s *Server) tellPower(f *found, o PowerOrder, by, state string, err error, who string) {
	if s.Events == nil {
		return
	}
	e := boot.Event{Kind: boot.EventNotice, Level: boot.LevelInfo, Text: "power " + o.Action + ": it is " + state, Detail: fmt.Sprintf("bootlace machines power %s, by %s, %s", o.Action, who, by)}
	if o.Network {
		e.Text = "power " + o.Action + ", next boot from the network: it is " + state
	}
	if err != nil {
		e.Level, e.Text = boot.LevelWarn, "power "+o.Action+": "+boot.Excerpt(err.Error(), longestMessage)
	}
	e.About(f.plan)
	s.Events(e)
}

// Power asks for a machine to be switched, and waits for it.
func (c *Client) Power(ctx context.Context, name string, o PowerOrder) (Power, error) {
	slow := *c
	if t, ok := c.http.Transport.(*http.Transport); ok {
		t = t.Clone()
		t.ResponseHeaderTimeout = patience
		defer t.CloseIdleConnections()
		slow.http = &http.Client{Transport: t, CheckRedirect: noRedirects}
	}
	var p Power
	return p, slow.do(ctx, http.MethodPost, path(name)+"/power", o, &p)
}
