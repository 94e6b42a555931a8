// SPDX-License-Identifier: Apache-2.0

package api

import (
	"bytes"
	"context"
	"io"
	"net/http"
)

// CallerFrom says who asks, to a handler that a Server calls. The error is why somebody may not ask at all: nobody has shown who
// he is, or he is refused.
func CallerFrom(ctx context.Context) (Caller, error) {
	err, _ := ctx.Value(refusalKey{}).(error)
	return callerFrom(ctx), err
}

type refusalKey struct{}

// screen has the screen answer, which knows by sessions of its own whom admit does not know.
func (s *Server) screen(w http.ResponseWriter, r *http.Request, c Caller, refused error) {
	ctx := context.WithValue(r.Context(), callerKey{}, c)
	if refused != nil {
		ctx = context.WithValue(r.Context(), refusalKey{}, refused)
	}
	r.Body = http.MaxBytesReader(w, r.Body, mostBody)
	s.Screen.ServeHTTP(w, r.WithContext(ctx))
}

// As gives a client that asks within the process, in the name of somebody who was admitted by other means: by the same routes,
// with the same rights and the same words in the log.
func (s *Server) As(c Caller) *Client {
	s.once.Do(func() { s.within = s.routes() })
	return &Client{base: "http://bootlace" + Prefix, http: &http.Client{Transport: inside{s.within, c}, CheckRedirect: noRedirects}}
}

// inside is a way to a handler without a network.
type inside struct {
	to     http.Handler
	caller Caller
}

// RoundTrip follows http.RoundTripper.
func (i inside) RoundTrip(r *http.Request) (*http.Response, error) {
	a := &inner{header: make(http.Header), status: http.StatusOK}
	r = r.Clone(context.WithValue(r.Context(), callerKey{}, i.caller))
	if r.Body == nil {
		r.Body = http.NoBody
	}
	i.to.ServeHTTP(a, r)
	return &http.Response{StatusCode: a.status, Status: http.StatusText(a.status), Header: a.header, Body: io.NopCloser(&a.body), Request: r}, nil
}

// inner keeps an answer.
type inner struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (a *inner) Header() http.Header         { return a.header }
func (a *inner) WriteHeader(status int)      { a.status = status }
func (a *inner) Write(b []byte) (int, error) { return a.body.Write(b) }
