// SPDX-License-Identifier: Apache-2.0

package httpd

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

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
	PerAddress  int                               // of these, how many of one address: more are closed; 0: no bound
	Rate        int64                             // bytes per second of all files together; 0: no bound
	ClientRate  int64                             // bytes per second to one address; 0: no bound
	Events      func(boot.Event)                  // called once for each request of the tree, from its goroutine, and for broken connections; nil: nobody listens

	begin sync.Once
	rates *rates // of all listeners together
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
	s.begin.Do(func() { s.rates = newRates(s.Rate, s.ClientRate) })
	files := &tree{open: s.Tree, rates: s.rates, events: s.tell}
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
	text, level := strings.TrimSpace(string(line)), boot.LevelInfo
	if why := untrusted(text); why != "" {
		text, level = text+": "+why, boot.LevelWarn
	}
	c.tell(boot.Event{Time: time.Now(), Kind: boot.EventNetwork, Level: level, Text: text, Transfer: &boot.Transfer{Protocol: boot.HTTP}})
	return len(line), nil
}

// untrusted says what a failed handshake over TLS means, where an operator can do something about it.
func untrusted(text string) string {
	switch {
	case strings.Contains(text, "no cipher suite supported by both"):
		return "much firmware takes certificates with RSA keys only (bootlace api init --rsa)"
	case strings.Contains(text, "unknown certificate authority"), strings.Contains(text, "bad certificate"):
		return "the machine does not hold the authority of our certificate, or asks another name than it is for: see docs/https.md"
	}
	return ""
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

// toldOfGreed is how often it is told that an address wants more connections than it gets.
const toldOfGreed = time.Minute

func (s *Server) greedy(from netip.AddrPort) {
	s.tell(boot.Event{Time: time.Now(), Kind: boot.EventNetwork, Level: boot.LevelWarn, Once: toldOfGreed,
		Text: fmt.Sprintf("%s has %d connections by HTTP: more are closed (http.per_address)", from.Addr(), s.PerAddress), Transfer: &boot.Transfer{Protocol: boot.HTTP, Remote: from}})
}

// Serve answers on l until ctx ends, then lets transfers in flight finish for three seconds. It closes l.
func (s *Server) Serve(ctx context.Context, l net.Listener) error { return s.ServeTLS(ctx, l, nil) }

// ServeTLS is Serve over TLS; nil is plain HTTP. There is no HTTP/2: boot firmware knows none, and its floods are many.
func (s *Server) ServeTLS(ctx context.Context, l net.Listener, secure *tls.Config) error {
	limits := newLimiter(l, s.Connections, s.PerAddress, s.greedy)
	l = limits
	if secure != nil {
		l = tls.NewListener(limits, secure)
	}
	srv := &http.Server{
		ConnState:         limits.state,
		Handler:           s.Handler(),
		ReadHeaderTimeout: headerTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          log.New(complaints{s.tell}, "", 0),
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
