// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"
)

// backup sends a copy of the store, made while it is in use. One that breaks off is no answer: the client sees a broken
// connection, never a file that is shorter than it was.
func (s *Server) backup(w http.ResponseWriter, r *http.Request) {
	var p *Problem
	if s.Backup == nil {
		problem(http.StatusNotImplemented, "backup: this appliance does not keep what machines install").ServeHTTP(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Cache-Control", "no-store")
	switch err := s.Backup(patient{w, http.NewResponseController(w)}); {
	case errors.As(err, &p):
		p.ServeHTTP(w, r)
	case err != nil:
		panic(http.ErrAbortHandler)
	}
}

// patient gives a client its time for each piece anew: a store may be large.
type patient struct {
	w   io.Writer
	ctl *http.ResponseController
}

func (p patient) Write(b []byte) (int, error) {
	_ = p.ctl.SetWriteDeadline(time.Now().Add(writeTimeout)) // a writer without deadlines (tests) goes without
	return p.w.Write(b)
}

// Backup copies what the appliance has stored of machines' lives.
func (c *Client) Backup(ctx context.Context, to io.Writer) error {
	resp, err := c.send(ctx, http.MethodGet, "/backup", nil)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }() // only read
	if _, err := io.Copy(to, resp.Body); err != nil {
		return unreachable(err)
	}
	return nil
}
