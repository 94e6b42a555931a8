// SPDX-License-Identifier: Apache-2.0

package screen

import (
	"net/http"
	"slices"
	"time"

	"github.com/bootlace-net/bootlace/internal/api"
)

// networkView is the page of the network.
type networkView struct {
	api.Network
	Hour, Day chart
	Now       time.Time
}

// networkPage answers what else there is, and how much goes over it.
func (s *Server) networkPage(w http.ResponseWriter, r *http.Request, v *visitor) {
	ask := s.As(v.Caller)
	n, err := ask.Network(r.Context())
	if err != nil {
		s.fail(w, v, err)
		return
	}
	sent, err := ask.Throughput(r.Context())
	if err != nil {
		s.fail(w, v, err)
		return
	}
	slices.Reverse(n.Events)
	slices.Reverse(n.Rivals)
	p := networkView{Network: n, Now: s.Now(), Hour: drawChart(sent.Minutes, time.Minute, 60, s.Now()), Day: drawChart(sent.Minutes, 10*time.Minute, 144, s.Now())}
	s.render(w, http.StatusOK, "network", view{Title: "Network", At: "network", Visitor: v, Page: p})
}

// often is how often the page of the network may be made anew: its charts have steps of minutes.
const often = 2 * time.Second

// networkLive says that something has happened to some machine: perhaps a transfer has ended.
func (s *Server) networkLive(w http.ResponseWriter, r *http.Request, v *visitor) {
	var last time.Time
	s.follow(w, r, v, func(change) string {
		if s.Now().Sub(last) < often {
			return ""
		}
		last = s.Now()
		return "{}"
	})
}
