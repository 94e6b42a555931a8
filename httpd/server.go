// SPDX-License-Identifier: Apache-2.0

package httpd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"time"

	"golang.org/x/net/netutil"

	"github.com/bootlace-net/bootlace/boot"
)

// Server is the HTTP side of the appliance. Tree must be set; every other field may stay zero.
type Server struct {
	Tree        Opener
	Reports     Reporter                          // of machines, at /t/TOKEN/done, failed and log; nil: nobody takes any
	Inventory   func(*Request, map[string]string) // takes what a machine's loader says that it runs on; nil: nobody does
	Health      func() error                      // why we are not healthy; nil: always healthy
	Metrics     http.Handler                      // of /metrics; nil: it does not exist
	Connections int                               // connections at once on one listener: more wait until one ends; 0: no bound
	Events      func(boot.Event)                  // called once for each request of the tree, from its goroutine, and for broken connections; nil: nobody listens
}

// Limits of one connection. Boot clients send small requests at once; the body may take as long as bytes flow.
const (
	headerTimeout = 10 * time.Second
	idleTimeout   = 2 * time.Minute
	maxHeader     = 16 << 10        // bytes; boot firmware sends less than 1 KiB
	drain         = 3 * time.Second // transfers in flight at shutdown get this long
)

// Handler routes /healthz and /metrics, and everything else to the tree. It is no ServeMux: that would redirect the
// doubled slashes and dots that firmware asks for.
func (s *Server) Handler() http.Handler {
	files := &tree{open: s.Tree, events: s.tell}
	told := &reports{take: s.Reports, events: s.tell}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch _, _, report := tokenPath(r.URL.Path); {
		case report && s.Reports != nil:
			told.ServeHTTP(w, r)
		case r.URL.Path == "/healthz":
			s.healthz(w)
		case r.URL.Path == "/metrics" && s.Metrics != nil:
			s.Metrics.ServeHTTP(w, r)
		case s.isInventory(r):
			s.inventory(w, r)
		default:
			files.ServeHTTP(w, r)
		}
	})
}

func (s *Server) tell(e boot.Event) {
	if s.Events != nil {
		s.Events(e)
	}
}

// complaints is what net/http has to say of broken connections.
type complaints struct{ tell func(boot.Event) }

// Write takes one complaint.
func (c complaints) Write(line []byte) (int, error) {
	c.tell(boot.Event{Time: time.Now(), Kind: boot.EventNetwork, Level: boot.LevelInfo, Text: strings.TrimSpace(string(line)),
		Transfer: &boot.Transfer{Protocol: boot.HTTP}})
	return len(line), nil
}

func (s *Server) healthz(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if s.Health != nil {
		if err := s.Health(); err != nil {
			w.WriteHeader(http.StatusServiceUnavailable)
			_, _ = fmt.Fprintln(w, err) // nobody to tell when the asker is gone
			return
		}
	}
	_, _ = io.WriteString(w, "ok\n")
}

// Serve answers on l until ctx ends, then lets transfers in flight finish for three seconds. It closes l.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	srv := &http.Server{
		Handler:           s.Handler(),
		ReadHeaderTimeout: headerTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          log.New(complaints{s.tell}, "", 0),
	}
	if s.Connections > 0 {
		l = netutil.LimitListener(l, s.Connections)
	}
	done := make(chan error, 1)
	go func() { done <- srv.Serve(l) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	return stop(srv, done)
}

func stop(srv *http.Server, done <-chan error) error {
	ctx, cancel := context.WithTimeout(context.Background(), drain)
	defer cancel()
	if err := srv.Shutdown(ctx); err != nil {
		_ = srv.Close() // the machines that were still loading see a broken connection and try again
	}
	if err := <-done; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
