// SPDX-License-Identifier: Apache-2.0

package api

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"

	"github.com/bootlace-net/bootlace/boot"
)

// Problem is an error as RFC 9457 has it. It is also what a [Client] gives back.
type Problem struct {
	Status     int      `json:"status"`
	Title      string   `json:"title"`
	Detail     string   `json:"detail"`
	Candidates []string `json:"candidates,omitempty"` // machines that may be meant

	header http.Header `json:"-"` // of the answer, beside what all have
}

// Error gives one line.
func (p *Problem) Error() string { return p.Detail }

func problem(status int, detail string) *Problem {
	return &Problem{Status: status, Title: http.StatusText(status), Detail: detail}
}

// asProblem makes one of any error. Who asks here may see what is wrong inside.
func asProblem(err error) *Problem {
	var p *Problem
	if errors.As(err, &p) {
		return p
	}
	return problem(http.StatusInternalServerError, boot.Excerpt(err.Error(), longestMessage))
}

// longestMessage bounds what is shown of an error, in characters.
const longestMessage = 1000

// ServeHTTP answers with the problem.
func (p *Problem) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	maps.Copy(w.Header(), p.header)
	w.Header().Set("Content-Type", "application/problem+json")
	write(w, p.Status, p)
}

// answer sends a value, or the error instead.
func answer(w http.ResponseWriter, r *http.Request, v any, err error) {
	if err != nil {
		asProblem(err).ServeHTTP(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	write(w, http.StatusOK, v)
}

// write encodes before it sends: what cannot be encoded must not begin as a success.
func write(w http.ResponseWriter, status int, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		http.Error(w, "the answer could not be written", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(append(b, '\n')) // nobody is left to be told
}
