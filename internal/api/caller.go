// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"strconv"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/logins"
)

// Caller is who asks, as the log names it, and what it may do.
type Caller struct {
	Name string
	Role logins.Role
}

// Admit finds out who asks. A *Problem says why somebody may not ask at all.
type Admit func(*http.Request) (Caller, error)

// BySocket lets in the peers of a Unix socket that pass, all as administrators: they could change the files as well. nil lets in
// everybody who can connect.
func BySocket(pass func(Peer) bool) Admit {
	return func(r *http.Request) (Caller, error) {
		p := peerFrom(r.Context())
		if pass != nil && !pass(p) {
			return Caller{}, problem(http.StatusForbidden, p.String()+" may not do this: be root, or a member of the group that bootlace runs as")
		}
		return Caller{p.String(), logins.Admin}, nil
	}
}

// Door knows tokens and passwords; [logins.Door] is one.
type Door interface {
	Token(secret string, from netip.Addr, now time.Time) (logins.Caller, time.Duration, error)
	Password(name, password string, from netip.Addr, now time.Time) (logins.Caller, time.Duration, error)
}

// ByLogin lets in who shows a token, or a name and a password, and asks no more than a caller may.
func ByLogin(door func() Door) Admit {
	pace := newPace()
	return func(r *http.Request) (Caller, error) {
		from, _ := netip.ParseAddrPort(r.RemoteAddr) // none: it counts as one address
		secret, bearer := cutScheme(r.Header.Get("Authorization"), "Bearer")
		name, password, basic := r.BasicAuth()
		var c logins.Caller
		var wait time.Duration
		var err error
		switch {
		case bearer:
			c, wait, err = door().Token(secret, from.Addr(), time.Now())
		case basic:
			c, wait, err = door().Password(name, password, from.Addr(), time.Now())
		default:
			err = errors.New("this needs a login: a token (bootlace api token add), or a user and its password")
		}
		if err == nil {
			return Caller{c.Name + " from " + from.Addr().String(), c.Role}, pace.allows(c.Name)
		}
		return Caller{}, refusal(err, wait)
	}
}

// cutScheme gives what follows a scheme, whose case does not matter (RFC 9110 section 11.1).
func cutScheme(header, scheme string) (rest string, ok bool) {
	if n := len(scheme); len(header) > n && header[n] == ' ' && http.CanonicalHeaderKey(header[:n]) == scheme {
		return header[n+1:], true
	}
	return "", false
}

func refusal(err error, wait time.Duration) *Problem {
	if errors.Is(err, logins.ErrTooMany) {
		p := problem(http.StatusTooManyRequests, err.Error())
		p.header = http.Header{"Retry-After": {strconv.Itoa(int(wait / time.Second))}}
		return p
	}
	p := problem(http.StatusUnauthorized, err.Error())
	p.header = http.Header{"Www-Authenticate": {`Bearer realm="bootlace"`, `Basic realm="bootlace", charset="UTF-8"`}}
	return p
}

type callerKey struct{}

func callerFrom(ctx context.Context) Caller {
	c, _ := ctx.Value(callerKey{}).(Caller) // none: nobody, who may do nothing
	return c
}

// may guards what is for those with a role.
func (s *Server) may(least logins.Role, h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c := callerFrom(r.Context())
		if c.Role >= least {
			h(w, r)
			return
		}
		p := problem(http.StatusForbidden, c.Name+" may "+c.Role.String()+": this needs "+least.String())
		s.refused(r, p)
		p.ServeHTTP(w, r)
	}
}

// toldOfRefusals is how often it is told that somebody is not let in. Who tries all day must not fill the log.
const toldOfRefusals = time.Minute

func (s *Server) refused(r *http.Request, p *Problem) {
	if s.Events == nil {
		return
	}
	s.Events(boot.Event{
		Kind: boot.EventNetwork, Level: boot.LevelWarn, Once: toldOfRefusals, Text: "the API refuses somebody",
		Detail: boot.Excerpt("from "+r.RemoteAddr+": "+r.Method+" "+r.URL.Path+": "+p.Detail, longestMessage),
	})
}
