// SPDX-License-Identifier: Apache-2.0

package api

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/internal/logins"
)

// everyRoute is what each route needs.
var everyRoute = []struct {
	least         logins.Role
	method, route string
}{
	{logins.Read, "GET", "/machines"},
	{logins.Read, "GET", "/machines/node1"},
	{logins.Read, "GET", "/machines/node1/timeline"},
	{logins.Read, "GET", "/events?machine=nobody"},
	{logins.Read, "GET", "/machines/node1/plan"},
	{logins.Read, "GET", "/machines/node1/files"},
	{logins.Read, "GET", "/machines/node1/files/boot.ipxe"},
	{logins.Read, "GET", "/profiles"},
	{logins.Read, "GET", "/images"},
	{logins.Read, "GET", "/findings"},
	{logins.Read, "GET", "/network"},
	{logins.Read, "GET", "/throughput"},
	{logins.Read, "GET", "/metrics"},
	{logins.Read, "GET", "/openapi.json"},
	{logins.Read, "GET", "/waiting"},
	{logins.Operate, "POST", "/machines/node1/power"},
	{logins.Operate, "POST", "/machines/node1/hold"},
	{logins.Operate, "POST", "/waiting/AAAAA/adopt"},
	{logins.Read, "GET", "/hosts"},
	{logins.Read, "GET", "/hosts/node1"},
	{logins.Operate, "PUT", "/hosts/node1"},
	{logins.Operate, "DELETE", "/hosts/node1"},
	{logins.Admin, "POST", "/release"},
	{logins.Admin, "GET", "/backup"},
}

// TestRoles: on every route a role that is too low is refused, and one that is enough gets through to what the route says.
func TestRoles(t *testing.T) {
	s := newSite(t)
	for _, tt := range everyRoute {
		for role := logins.Nobody; role <= logins.Admin; role++ {
			h := s.Handler(func(*http.Request) (Caller, error) { return Caller{"user eve", role}, nil })
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest(tt.method, Prefix+tt.route, strings.NewReader("{}")))
			refused := w.Code == http.StatusForbidden && strings.Contains(w.Body.String(), "user eve may "+role.String())
			if want := role < tt.least; refused != want {
				t.Errorf("%s %s as %v: %d %s", tt.method, tt.route, role, w.Code, w.Body)
			}
		}
	}
}

// TestEveryRouteIsTried: a route that TestRoles leaves out is none.
func TestEveryRouteIsTried(t *testing.T) {
	tried := make(map[string]bool)
	mux := newSite(t).routes().(plain).mux
	for _, tt := range everyRoute {
		_, pattern := mux.Handler(httptest.NewRequest(tt.method, Prefix+tt.route, nil))
		tried[pattern] = true
	}
	var all []string
	newSite(t).eachRoute(func(_ logins.Role, pattern string, _ http.HandlerFunc) { all = append(all, pattern) })
	if len(all) == 0 || len(all) != len(tried) {
		t.Errorf("%d routes, %d of them tried: %v", len(all), len(tried), all)
	}
	for _, pattern := range all {
		method, path, _ := strings.Cut(pattern, " ")
		if !tried[method+" "+Prefix+path] {
			t.Errorf("%s: no role was tried on it", pattern)
		}
	}
}

// TestLogins: how a client shows who it is, and what it is told otherwise.
func TestLogins(t *testing.T) {
	const password = "correct horse battery"
	hash, err := logins.HashPassword(password)
	if err != nil {
		t.Fatal(err)
	}
	secret, digest := logins.NewToken()
	old, oldDigest := logins.NewToken()
	door := logins.NewDoor()
	door.Use(&logins.Book{
		Users: []logins.User{{Name: "alice", Role: logins.Operate, Password: hash}},
		Tokens: []logins.Token{
			{Name: "ci", Role: logins.Read, Digest: digest, Expires: time.Now().Add(time.Hour)},
			{Name: "old", Role: logins.Admin, Digest: oldDigest, Expires: time.Now().Add(-time.Second)},
		},
	})
	s := newSite(t)
	h := s.Handler(ByLogin(func() Door { return door }))
	ask := func(method, path, from string, change func(*http.Request)) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, Prefix+path, strings.NewReader("{}"))
		r.RemoteAddr = from + ":1"
		change(r)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	header := func(value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set("Authorization", value) }
	}
	basic := func(name, password string) func(*http.Request) {
		return func(r *http.Request) { r.SetBasicAuth(name, password) }
	}
	for name, tc := range map[string]struct {
		change func(*http.Request)
		want   int
	}{
		"nobody":                  {func(*http.Request) {}, 401},
		"a token":                 {header("Bearer " + secret), 200},
		"in small letters":        {header("bearer " + secret), 200},
		"one that has expired":    {header("Bearer " + old), 401},
		"no token":                {header("Bearer"), 401},
		"a digest for a token":    {header("Bearer " + digest), 401},
		"another way":             {header("Digest username=alice"), 401},
		"a user":                  {basic("alice", password), 200},
		"a password that is not":  {basic("alice", "x"), 401},
		"a user that is not":      {basic("eve", password), 401},
		"bytes that are no basic": {header("Basic ////"), 401},
	} {
		w := ask("GET", "/machines", "192.0.2.7", tc.change)
		if w.Code != tc.want || tc.want == 401 && (len(w.Header().Values("WWW-Authenticate")) != 2 || !strings.Contains(w.Header().Get("Content-Type"), "problem+json")) {
			t.Errorf("%s: %d %v %s", name, w.Code, w.Header(), w.Body)
		}
	}
	if w := ask("POST", "/machines/node1/forget", "192.0.2.7", header("Bearer "+secret)); w.Code != 403 {
		t.Errorf("a token that reads changes something: %d %s", w.Code, w.Body)
	}
	evil := func(r *http.Request) {
		basic("alice", password)(r)
		r.Header.Set("Sec-Fetch-Site", "cross-site")
	}
	if w := ask("POST", "/machines/node1/forget", "192.0.2.7", evil); w.Code != 403 {
		t.Errorf("another site's form: %d %s", w.Code, w.Body)
	}
	var last *httptest.ResponseRecorder
	for range 20 {
		last = ask("GET", "/machines", "192.0.2.66", header("Bearer guess"))
	}
	if last.Code != 429 || last.Header().Get("Retry-After") == "" {
		t.Errorf("the twentieth guess: %d %v", last.Code, last.Header())
	}
	told := strings.Join(s.words(), "\n")
	if !strings.Contains(told, "the API refuses somebody") || strings.Contains(told, secret) || strings.Contains(told, password) {
		t.Errorf("told: %s", told)
	}
}

// TestWhoChangedIt: the log says who, what, and what it was before.
func TestWhoChangedIt(t *testing.T) {
	s := newSite(t)
	s.Lives = newLives()
	h := s.Handler(func(*http.Request) (Caller, error) { return Caller{"token ci from 192.0.2.7", logins.Operate}, nil })
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("POST", Prefix+"/machines/node1/hold", strings.NewReader("{}")))
	if w.Code != 200 || len(s.told) != 1 || s.told[0].Detail != "bootlace machines hold, by token ci from 192.0.2.7; it was armed, and is held" {
		t.Errorf("%d %s, %+v", w.Code, w.Body, s.told)
	}
}

func FuzzRequest(f *testing.F) {
	f.Add("POST", "machines/node1/next", `{"profile":"rescue"}`, "Basic YTpi")
	f.Add("GET", "machines?limit=1&after=host%2Fnode1", "", "Bearer x")
	f.Add("POST", "waiting/AAAAA/adopt", `{"name":"x","vars":{"a":[1,{"b":null}]}}`, "")
	f.Add("POST", "machines/node1/power", `{"action":"cycle","network":true}`, "")
	door := logins.NewDoor()
	f.Fuzz(func(t *testing.T, method, path, body, login string) {
		r, err := http.NewRequest(method, "http://x"+Prefix+"/"+path, strings.NewReader(body))
		if err != nil {
			return
		}
		r.Header.Set("Authorization", login)
		r.RemoteAddr = "192.0.2.1:1"
		s := newSite(t)
		for _, admit := range []Admit{BySocket(nil), ByLogin(func() Door { return door })} {
			w := httptest.NewRecorder()
			s.Handler(admit).ServeHTTP(w, r)
			if w.Code < 200 || w.Code > 599 || w.Code == 500 {
				t.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
			}
		}
		if n := len(s.told); n > 0 && s.told[n-1].Text == "" {
			t.Fatal("something was told without a word")
		}
	})
}
