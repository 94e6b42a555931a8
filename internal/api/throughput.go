// SPDX-License-Identifier: Apache-2.0

package api

import (
	"net/http"
	"time"
)

// Throughput is what machines were sent in the last day.
type Throughput struct {
	Minutes []Minute `json:"minutes"` // in which something was sent, the oldest first
}

// Minute is one of them. Bytes are spread over the time that their transfer took, and are counted when it has ended.
type Minute struct {
	At          time.Time `json:"at"`
	TFTP        int64     `json:"tftp"` // bytes
	HTTP        int64     `json:"http"`
	Files       int       `json:"files"`
	Failed      int       `json:"failed"`
	Retransmits int64     `json:"retransmits"`
}

func (s *Server) throughput() (Throughput, error) {
	if s.Minutes == nil {
		return Throughput{}, errNoSite()
	}
	return Throughput{append([]Minute{}, s.Minutes()...)}, nil
}

// metrics answers Prometheus.
func (s *Server) numbers(w http.ResponseWriter, r *http.Request) {
	if s.Metrics == nil {
		asProblem(errNoSite()).ServeHTTP(w, r)
		return
	}
	s.Metrics.ServeHTTP(w, r)
}
