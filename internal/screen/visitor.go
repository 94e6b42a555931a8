// SPDX-License-Identifier: Apache-2.0

package screen

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"math"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/bootlace-net/bootlace/internal/api"
	"github.com/bootlace-net/bootlace/internal/logins"
)

// cookie is the name of that of a session. The prefix has browsers take it over TLS and for this host only.
const cookie = "__Host-bootlace"

// visitor is who looks at the screen.
type visitor struct {
	api.Caller
	Session string // of the cookie; "" for who is known without one
	form    string // the token that its forms carry
	Seen    uint64 // the newest change before the page was made: its stream begins there
}

// May reports whether the visitor has at least a role, for templates.
func (v *visitor) May(role string) bool {
	least, err := logins.ParseRole(role)
	return err == nil && v.Role >= least
}

// Short is the name without where from.
func (v *visitor) Short() string {
	name, _, _ := strings.Cut(v.Name, " from ")
	return name
}

// visitor says who asks: a cookie goes first, for a browser sends a password that it knows as well.
func (s *Server) visitor(r *http.Request) (*visitor, error) {
	c, refused := api.CallerFrom(r.Context())
	v := &visitor{Caller: c}
	if k, err := r.Cookie(cookie); err == nil && s.logsIn(r) {
		if session, ok := s.sessions.find(k.Value, s.Door()); ok {
			v.Caller, v.Session, refused = session, k.Value, nil
			v.Name += " from " + addrOf(r).String() + " by the screen"
		}
	}
	if refused == nil && v.Session == "" && !network(r) && !local(r.Host) {
		refused = errors.New("over this socket the screen is only for localhost: ssh -L 8080:SOCKET makes it so")
	}
	mac := hmac.New(sha256.New, s.key[:])
	_, _ = mac.Write([]byte(v.Session + "\x00" + v.Name)) // a hash takes all
	v.form = hex.EncodeToString(mac.Sum(nil))
	_, v.Seen = s.hub.fleet.Changed(math.MaxUint64)
	return v, refused
}

// local keeps the pages of others out whose name leads to this host: without TLS, nothing but the name tells them apart.
func local(host string) bool {
	u := url.URL{Host: host}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}

// network reports whether somebody comes over a network, where there is always TLS; otherwise it is a socket of this host.
func network(r *http.Request) bool { return addrOf(r).IsValid() }

// logsIn reports whether who comes is known by a login.
func (s *Server) logsIn(r *http.Request) bool { return s.Door != nil && network(r) }

func addrOf(r *http.Request) netip.Addr {
	a, _ := netip.ParseAddrPort(r.RemoteAddr) // none: a socket
	return a.Addr()
}

// may guards a page: who is not known is asked to log in, who may not is told so.
func (s *Server) may(least logins.Role, h handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v, refused := s.visitor(r)
		switch {
		case refused != nil && s.logsIn(r):
			s.askLogin(w, r)
		case refused != nil:
			s.fail(w, v, &failure{http.StatusForbidden, refused.Error()})
		case v.Role < least:
			s.fail(w, v, &failure{http.StatusForbidden, "You may " + v.Role.String() + ". This needs " + least.String() + "."})
		default:
			h(w, r, v)
		}
	}
}

// formed guards what a form does by the token that only our own pages have.
func (s *Server) formed(h handler) handler {
	return func(w http.ResponseWriter, r *http.Request, v *visitor) {
		if !hmac.Equal([]byte(r.PostFormValue("form")), []byte(v.form)) {
			s.fail(w, v, &failure{http.StatusForbidden, "This form is too old, or is not ours. Go back, load the page again, and press once more."})
			return
		}
		h(w, r, v)
	}
}
