// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/net/netutil"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/machines"
	"github.com/bootlace-net/bootlace/internal/machines/waiting"
	"github.com/bootlace-net/bootlace/internal/site"
)

// Server answers people and programs. Catalog and Memory must be set.
type Server struct {
	Catalog func() *boot.Catalog // that in use
	Memory  *machines.Memory
	News    News                                      // to be rung when the memory's stories grow
	Lives   Lives                                     // nil: nobody keeps what machines install
	Backup  func(io.Writer) error                     // of what Lives has stored; nil: there is none. A *Problem comes before the first byte
	Settle  func(by string) (bool, error)             // ends the doubt about what Lives has stored; nil: there is never one
	Looping func(boot.History) string                 // why a machine counts as looping; "": it does not. nil: none does
	Judge   func(boot.Plan, *boot.Inventory) Verdicts // of what a machine boots, which said so much of itself or nothing; nil: nobody does
	Images  func() []Image                            // that are kept, by name; nil: none are
	Switch  Switch                                    // nil: nobody switches machines
	Waiting *waiting.List                             // who waits for a decision; nil: nobody does
	Adopter Adopter                                   // nil: nobody is adopted
	Rules   func() []RuleUse                          // that adopt; nil: there are none
	Events  func(boot.Event)                          // told of what is changed; nil: nobody listens

	Site     func() *site.Site    // that in use; nil: nothing is known but its catalog
	Hosts    HostKeeper           // nil: the API makes no hosts
	Findings func() site.Findings // of the configuration that was read last, in use or not; nil: nobody knows
	Minutes  func() []Minute      // of the last day; nil: nobody counts
	Metrics  http.Handler         // nil: there are none

	Screen http.Handler // answers browsers, all that is not below /api/; see [CallerFrom]. nil: there is no screen

	followers atomic.Int32
	once      sync.Once
	within    http.Handler // the routes, for As
}

// Limits of one connection, and of all.
const (
	headerTimeout = 5 * time.Second
	readTimeout   = 15 * time.Second
	writeTimeout  = 30 * time.Second
	idleTimeout   = 30 * time.Second
	mostHeader    = 8 << 10 // bytes
	mostBody      = 64 << 10
	mostClients   = 256
	drain         = time.Second // requests in flight at shutdown get this long
)

// Serve answers those who are admitted on l until ctx ends. It closes l.
func (s *Server) Serve(ctx context.Context, l net.Listener, admit Admit) error {
	srv := &http.Server{
		Handler:           s.Handler(admit),
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    mostHeader,
		ConnContext:       withPeer,
		BaseContext:       func(net.Listener) context.Context { return ctx }, // streams end with it
		ErrorLog:          log.New(io.Discard, "", 0),                        // a client that breaks off is no trouble of ours
	}
	done := make(chan error, 1)
	go func() { done <- srv.Serve(netutil.LimitListener(shared(l), mostClients)) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	end, cancel := context.WithTimeout(context.Background(), drain)
	defer cancel()
	if err := srv.Shutdown(end); err != nil {
		_ = srv.Close() // who is still being answered sees a broken connection
	}
	if err := <-done; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// Handler is everything below /api/v1, for those who are admitted.
func (s *Server) Handler(admit Admit) http.Handler {
	routes := http.NewCrossOriginProtection().Handler(s.routes()) // browsers send a password that they know along
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := admit(r)
		if s.Screen != nil && !strings.HasPrefix(r.URL.Path, "/api/") {
			s.screen(w, r, c, err)
			return
		}
		if err != nil {
			p := asProblem(err)
			s.refused(r, p)
			w.Header().Set("Connection", "close")
			p.ServeHTTP(w, r)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, mostBody)
		routes.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), callerKey{}, c)))
	})
}
