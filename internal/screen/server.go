// SPDX-License-Identifier: Apache-2.0

package screen

import (
	"context"
	"crypto/rand"
	"net/http"
	"sync"
	"time"

	"github.com/bootlace-net/bootlace/internal/api"
	"github.com/bootlace-net/bootlace/internal/logins"
)

// Machines shows what machines do.
type Machines interface {
	Machine(ctx context.Context, name string) (api.Machine, error)
	Timeline(ctx context.Context, name string) (api.Timeline, error)
}

// Orders changes what machines do next.
type Orders interface {
	Order(ctx context.Context, name string, verb api.Verb, profile string) (api.Change, error)
	Power(ctx context.Context, name string, o api.PowerOrder) (api.Power, error)
}

// Newcomers makes hosts of machines that wait.
type Newcomers interface {
	Waiting(ctx context.Context) (api.Waiters, error)
	Adopt(ctx context.Context, code string, a api.Adoption) (api.Adopted, error)
}

// Surroundings shows the network.
type Surroundings interface {
	Network(ctx context.Context) (api.Network, error)
	Throughput(ctx context.Context) (api.Throughput, error)
}

// Books shows what machines can boot, and what is wrong with it.
type Books interface {
	Profiles(ctx context.Context) (api.Profiles, error)
	Images(ctx context.Context) (api.Images, error)
	Findings(ctx context.Context) (api.Findings, error)
}

// Plans shows what one machine boots, and the files that are made for it.
type Plans interface {
	Plan(ctx context.Context, name string) (api.Plan, error)
	Files(ctx context.Context, name string) (api.RenderedFiles, error)
	File(ctx context.Context, name, file string) (string, error)
}

// Appliance does all of it in the name of one caller; [api.Client] is one.
type Appliance interface {
	Machines
	Orders
	Newcomers
	Surroundings
	Books
	Plans
}

// Door lets in persons; [logins.Door] is one.
type Door interface {
	api.Door
	Session(name string) (logins.Session, bool)
}

// Server answers browsers. All its fields must be set but Door.
type Server struct {
	As       func(api.Caller) Appliance // the appliance, asked by somebody
	Fleet    Fleet
	Profiles func() []string // those of the configuration
	Door     func() Door     // for a network; nil: who has connected is known already
	Now      func() time.Time

	once     sync.Once
	key      [32]byte // of the tokens in forms; each run has another
	sessions sessions
	hub      hub
	mux      http.Handler
	pages    sync.Map // templates by name
}

// ServeHTTP follows http.Handler. Who asks must be in the context, see [api.CallerFrom].
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.once.Do(func() {
		_, _ = rand.Read(s.key[:]) // never fails, as it says
		s.sessions.now, s.hub.fleet, s.hub.now = s.Now, s.Fleet, s.Now
		s.mux = http.NewCrossOriginProtection().Handler(s.routes())
	})
	fence(w.Header())
	s.mux.ServeHTTP(w, r)
}

// fence tells the browser what these pages never need, so that hostile words in them could do nothing.
func fence(h http.Header) {
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "+
		"form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
}
