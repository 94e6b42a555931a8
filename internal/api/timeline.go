// SPDX-License-Identifier: Apache-2.0

package api

import "net/http"

// Timeline is what happened to a machine, the oldest first.
type Timeline struct {
	ID     string  `json:"id"`
	Name   string  `json:"name"`
	Events []Event `json:"events"`
}

// timeline answers with a list, or with a stream of server-sent events.
func (s *Server) timeline(w http.ResponseWriter, r *http.Request, f *found) {
	if r.URL.Query().Has("follow") {
		s.follow(w, r, f)
		return
	}
	answer(w, r, Timeline{ID: f.id(), Name: f.name(), Events: s.story(f.keys(), 0)}, nil)
}
