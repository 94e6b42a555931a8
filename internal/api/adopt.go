// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"net/http"
)

// Adopter makes hosts of machines that wait.
type Adopter interface {
	// Adopt makes a host of the machine with a code, and puts it into use. By is who asks. A *Problem is an answer.
	Adopt(ctx context.Context, code string, a Adoption, by string) (Adopted, error)
}

// Adoption says what a machine that waits is to be.
type Adoption struct {
	Name    string            `json:"name"`
	Profile string            `json:"profile,omitempty"` // none: what its groups say
	Labels  map[string]string `json:"labels,omitempty"`
	Vars    map[string]any    `json:"vars,omitempty"`
	// AllowDestructive says in words that it may be a profile that installs.
	AllowDestructive bool `json:"allow_destructive,omitempty"`
	Preview          bool `json:"preview,omitempty"` // say what would be written, and write nothing
}

// Adopted is what became of it.
type Adopted struct {
	Code    string `json:"code"`
	Name    string `json:"name"`
	MAC     string `json:"mac"`
	File    string `json:"file"`              // that it was written to
	Content string `json:"content,omitempty"` // of a preview: the whole file
}

// adopt answers POST /waiting/CODE/adopt.
func (s *Server) adopt(r *http.Request) (Adopted, error) {
	var a Adoption
	if s.Adopter == nil {
		return Adopted{}, problem(http.StatusNotImplemented, "this appliance adopts no machines")
	}
	if err := decode(r.Body, &a); err != nil {
		return Adopted{}, err
	}
	if a.Name == "" {
		return Adopted{}, problem(http.StatusBadRequest, "name: expected that of the host which the machine is to become")
	}
	if err := s.hasProfile(a.Profile); err != nil {
		return Adopted{}, err
	}
	return s.Adopter.Adopt(r.Context(), r.PathValue("code"), a, callerFrom(r.Context()).Name)
}
