// SPDX-License-Identifier: Apache-2.0

package screen

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/logins"
)

// loginForm is what the page of the login shows.
type loginForm struct {
	Then   string // the page that is wanted
	Name   string
	Failed string
}

// askLogin shows the form in the place of a page. Somebody who comes by a link of another site has a session that the browser
// does not send along: to load the page once more from here is enough.
func (s *Server) askLogin(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet {
		s.fail(w, &visitor{}, &failure{http.StatusForbidden, "You are logged out. Log in, and press once more."})
		return
	}
	if r.Header.Get("Sec-Fetch-Site") == "cross-site" {
		s.render(w, http.StatusOK, "again", view{Title: "One moment"})
		return
	}
	s.render(w, http.StatusUnauthorized, "login", view{Title: "Log in", Page: loginForm{Then: r.URL.RequestURI()}})
}

func (s *Server) loginPage(w http.ResponseWriter, r *http.Request) {
	s.render(w, http.StatusOK, "login", view{Title: "Log in", Page: loginForm{Then: "/"}})
}

// login begins a session. The form has no token, for nobody is known yet: SameSite and the origin guard it.
func (s *Server) login(w http.ResponseWriter, r *http.Request) {
	if !s.logsIn(r) {
		s.fail(w, &visitor{}, &failure{http.StatusNotFound, "There is no login here."})
		return
	}
	form := loginForm{Then: r.PostFormValue("then"), Name: r.PostFormValue("name")}
	_, wait, err := s.Door().Password(form.Name, r.PostFormValue("password"), addrOf(r), s.Now())
	secret, ok := "", false
	if err == nil {
		secret, ok = s.sessions.begin(form.Name, s.Door())
	}
	if !ok {
		s.loginFailed(w, form, wait, err)
		return
	}
	http.SetCookie(w, &http.Cookie{Name: cookie, Value: secret, Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteStrictMode, MaxAge: int(longestSession / time.Second)})
	http.Redirect(w, r, within(form.Then), http.StatusSeeOther)
}

func (s *Server) loginFailed(w http.ResponseWriter, form loginForm, wait time.Duration, err error) {
	status := http.StatusUnauthorized
	form.Name, form.Failed = boot.Excerpt(form.Name, 63), "The name or the password is wrong."
	if errors.Is(err, logins.ErrTooMany) {
		seconds := strconv.Itoa(int(wait / time.Second))
		status, form.Failed = http.StatusTooManyRequests, "Too many logins failed. Wait "+seconds+" seconds."
		w.Header().Set("Retry-After", seconds)
	}
	s.render(w, status, "login", view{Title: "Log in", Page: form})
}

// within is a path on this server; what leads elsewhere leads to the first page. It is looked at as it is sent: writing an address anew may
// make two slashes at its beginning, which lead to another host, of what was none.
func within(path string) string {
	u, err := url.Parse(path)
	if err != nil || u.IsAbs() || u.Host != "" {
		return "/"
	}
	if to := u.RequestURI(); strings.HasPrefix(to, "/") && !strings.HasPrefix(to, "//") && !strings.ContainsAny(to, "\\\r\n\t") {
		return to
	}
	return "/"
}

func (s *Server) logout(w http.ResponseWriter, r *http.Request, v *visitor) {
	s.sessions.end(v.Session)
	http.SetCookie(w, &http.Cookie{Name: cookie, Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteStrictMode, MaxAge: -1})
	http.Redirect(w, r, "/login", http.StatusSeeOther)
}
