// SPDX-License-Identifier: Apache-2.0

package screen

import (
	"cmp"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/logins"
)

// user is somebody with a browser that knows no scripts.
type user struct {
	t    testing.TB
	site *site
	http *http.Client
}

func (s *site) user(t testing.TB, name string) *user {
	t.Helper()
	u := &user{t, s, client(t)}
	if name != "" {
		if status, _ := u.post("/login", url.Values{"name": {name}, "password": {password}, "then": {"/"}}); status != http.StatusSeeOther {
			t.Fatalf("%s cannot log in: %d", name, status)
		}
	}
	return u
}

func (u *user) get(path string) (status int, body string) {
	u.t.Helper()
	return u.send(http.MethodGet, path, nil, "")
}

func (u *user) post(path string, form url.Values) (status int, body string) {
	u.t.Helper()
	return u.send(http.MethodPost, path, form, "")
}

// send asks as a browser does that is on a page of ours, or of the site that is said. Of an answer that leads elsewhere the body is where.
func (u *user) send(method, path string, form url.Values, from string) (status int, body string) {
	u.t.Helper()
	req, err := http.NewRequest(method, u.site.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		u.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", cmp.Or(from, "same-origin"))
	resp, err := u.http.Do(req)
	if err != nil {
		u.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		u.t.Fatal(err)
	}
	if resp.StatusCode == http.StatusSeeOther {
		return resp.StatusCode, resp.Header.Get("Location")
	}
	return resp.StatusCode, string(b)
}

var token = regexp.MustCompile(`name="form" value="([0-9a-f]{64})"`)

// form gives the token of a page.
func (u *user) form(path string) string {
	u.t.Helper()
	_, body := u.get(path)
	m := token.FindStringSubmatch(body)
	if m == nil {
		u.t.Fatalf("%s has no form:\n%s", path, body)
	}
	return m[1]
}

// quietSite is one that is served, with one boot of node1.
func quietSite(t testing.TB) *site {
	t.Helper()
	s := newSite(t, 0)
	s.machine(1, time.Now().Add(-time.Hour)).installs()
	s.serve(t)
	return s
}

func TestLogin(t *testing.T) {
	s := quietSite(t)
	u := s.user(t, "")
	if status, body := u.get("/m/node1"); status != http.StatusUnauthorized || !strings.Contains(body, `value="/m/node1"`) || strings.Contains(body, "52:54") {
		t.Errorf("a stranger gets %d %s", status, body)
	}
	if status, body := u.post("/login", url.Values{"name": {"read"}, "password": {"wrong one"}, "then": {"/m/node1"}}); status != http.StatusUnauthorized || !strings.Contains(body, "is wrong") {
		t.Errorf("a wrong password gives %d %s", status, body)
	}
	for then, want := range map[string]string{"/m/node1?x=1": "/m/node1?x=1", "//evil.example/": "/", "https://evil.example/": "/", `/\evil.example`: "/%5Cevil.example", "/%2fevil.example/ ": "/", "": "/", "javascript:alert(1)": "/", "m": "/"} {
		if status, to := s.user(t, "").post("/login", url.Values{"name": {"read"}, "password": {password}, "then": {then}}); status != http.StatusSeeOther || to != want {
			t.Errorf("a login for %q leads to %d %q, expected %q", then, status, to, want)
		}
	}
}

// TestLinksFromElsewhere: a browser does not send the cookie along with a link of another site, but does when the page loads itself.
func TestLinksFromElsewhere(t *testing.T) {
	s := quietSite(t)
	stranger := s.user(t, "")
	if status, page := stranger.send(http.MethodGet, "/m/node1", nil, "cross-site"); status != http.StatusOK || !strings.Contains(page, `http-equiv="refresh"`) || strings.Contains(page, "52:54") {
		t.Errorf("%d %s", status, page)
	}
	if status, page := stranger.send(http.MethodGet, "/m/node1", nil, "same-origin"); status != http.StatusUnauthorized || !strings.Contains(page, `name="password"`) {
		t.Errorf("%d %s", status, page)
	}
}

func TestCookie(t *testing.T) {
	s := quietSite(t)
	resp, err := client(t).PostForm(s.url+"/login", url.Values{"name": {"read"}, "password": {password}})
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	c := resp.Header.Get("Set-Cookie")
	for _, want := range []string{"__Host-bootlace=", "Path=/", "HttpOnly", "Secure", "SameSite=Strict", "Max-Age=43200"} {
		if !strings.Contains(c, want) {
			t.Errorf("the cookie %q lacks %s", c, want)
		}
	}
}

// TestSessionsEnd: by logging out, with time, and when the book says so.
func TestSessionsEnd(t *testing.T) {
	for name, end := range map[string]func(*site, *user){
		"log out": func(_ *site, u *user) { u.post("/logout", url.Values{"form": {u.form("/")}}) },
		"time": func(s *site, _ *user) {
			s.screen.sessions.now = func() time.Time { return time.Now().Add(longestSession) }
		},
		"another password": func(s *site, _ *user) { s.enter(t, "operate", logins.Operate, "another password") },
		"removed":          func(s *site, _ *user) { s.door.Use(&logins.Book{Format: logins.Format}) },
	} {
		s := quietSite(t)
		u := s.user(t, "operate")
		if status, _ := u.get("/m/node1"); status != http.StatusOK {
			t.Fatalf("%s: %d before", name, status)
		}
		end(s, u)
		if status, _ := u.get("/m/node1"); status != http.StatusUnauthorized {
			t.Errorf("%s: %d after", name, status)
		}
	}
}

// TestRolesChange: what somebody may is asked anew each time.
func TestRolesChange(t *testing.T) {
	s := quietSite(t)
	u := s.user(t, "operate")
	form := u.form("/m/node1/hold")
	b := *s.book
	for i := range b.Users {
		b.Users[i].Role = logins.Read
	}
	s.door.Use(&b)
	if status, body := u.post("/m/node1/hold", url.Values{"form": {form}}); status != http.StatusForbidden || !strings.Contains(body, "This needs operate") {
		t.Errorf("who operates no more gets %d %s", status, body)
	}
}

func TestRoles(t *testing.T) {
	s := quietSite(t)
	reader, operator := s.user(t, "read"), s.user(t, "operate")
	_, page := reader.get("/m/node1")
	if strings.Contains(page, "/m/host%2Fnode1/") && strings.Contains(page, "Hold") || !strings.Contains(page, "node1") {
		t.Errorf("a reader sees buttons:\n%s", page)
	}
	for _, a := range actions() {
		if status, _ := reader.get("/m/node1/" + a.verb); status != http.StatusForbidden {
			t.Errorf("a reader may see %s: %d", a.verb, status)
		}
		if status, _ := reader.post("/m/node1/"+a.verb, url.Values{"form": {reader.form("/")}}); status != http.StatusForbidden {
			t.Errorf("a reader may %s: %d", a.verb, status)
		}
		if status, body := operator.get("/m/node1/" + a.verb); status != http.StatusOK || !strings.Contains(body, a.will) {
			t.Errorf("an operator does not see what %s will do: %d %s", a.verb, status, body)
		}
	}
	if said := s.words(); len(said) > 0 {
		t.Errorf("something was done: %v", said)
	}
}

// TestForged: nothing is done for a form that is not ours, whoever's browser sends it.
func TestForged(t *testing.T) {
	s := quietSite(t)
	u, other := s.user(t, "operate"), s.user(t, "operate")
	for name, form := range map[string]string{"none": "", "invented": strings.Repeat("a", 64), "of another session": other.form("/")} {
		if status, body := u.post("/m/node1/hold", url.Values{"form": {form}}); status != http.StatusForbidden || !strings.Contains(body, "not ours") {
			t.Errorf("a token %s: %d %s", name, status, body)
		}
	}
	for _, from := range []string{"cross-site", "same-site"} {
		if status, _ := u.send(http.MethodPost, "/m/node1/hold", url.Values{"form": {u.form("/")}}, from); status != http.StatusForbidden {
			t.Errorf("a form of another site (%s): %d", from, status)
		}
	}
	if said := s.words(); len(said) > 0 {
		t.Errorf("something was done: %v", said)
	}
	if status, to := u.post("/m/node1/hold", url.Values{"form": {u.form("/")}}); status != http.StatusSeeOther || to != "/m/node1?did=hold&changed=true" {
		t.Errorf("our own form: %d %s", status, to)
	}
	if said := s.words(); len(said) != 1 || !strings.Contains(said[0], "user operate from 127.0.0.1") {
		t.Errorf("the log says %q", said)
	}
}

// TestFences: what the browser is told goes with every answer.
func TestFences(t *testing.T) {
	s := quietSite(t)
	u := s.user(t, "read")
	for _, path := range []string{"/", "/login", "/m/node1", "/nowhere", "/m/nobody", "/static/screen.css", "/static/screen.js", "/static/mark.svg", "/static/none"} {
		resp, err := u.http.Get(s.url + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		csp := resp.Header.Get("Content-Security-Policy")
		if !strings.HasPrefix(csp, "default-src 'none';") || strings.Contains(csp, "unsafe") || resp.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %v", path, resp.Header)
		}
	}
	if status, _ := u.get("/nowhere"); status != http.StatusNotFound {
		t.Errorf("a page that there is not: %d", status)
	}
	if status, body := u.get("/m/nobody"); status != http.StatusNotFound || !strings.Contains(body, "there is no machine nobody") {
		t.Errorf("a machine that there is not: %d %s", status, body)
	}
}

// TestPagesNeedALogin walks all that there is.
func TestPagesNeedALogin(t *testing.T) {
	s := quietSite(t)
	u, n := s.user(t, ""), 0
	s.screen.eachPage(func(_ logins.Role, pattern string, _ handler) {
		n++
		method, path, _ := strings.Cut(pattern, " ")
		path = strings.NewReplacer("{$}", "", "{name}", "node1", "{path...}", "x", "{verb}", "hold", "{code}", "ABCDE").Replace(path)
		status, body := u.send(method, path, nil, "")
		if status != http.StatusUnauthorized && status != http.StatusForbidden || strings.Contains(body, "52:54:00") {
			t.Errorf("%s: a stranger gets %d %s", pattern, status, body)
		}
	})
	if n < 7 {
		t.Errorf("there are %d pages", n)
	}
}

// TestPagesParse: all of them are made before somebody asks.
func TestPagesParse(t *testing.T) {
	all, err := sources.ReadDir("pages")
	if err != nil || len(all) < 8 {
		t.Fatalf("%d pages, %v", len(all), err)
	}
	for _, f := range all {
		if name := strings.TrimSuffix(f.Name(), ".html"); name != "around" && name != "parts" {
			page(name)
		}
	}
}

// TestWhatHappenedBeforeTheStream: what happens between a page and its stream is told when the stream begins; and nothing is told where
// nothing happened.
func TestWhatHappenedBeforeTheStream(t *testing.T) {
	s := newSite(t, 1)
	s.serve(t)
	u := s.user(t, "read")
	at := time.Now()
	b := s.machine(1000, at)
	b.dhcp(0, "67", "DISCOVER", "ipxe.efi", boot.StageROM, true)
	for _, path := range []string{"/live", "/m/node00000/live", "/network/live", "/unknown/live"} {
		_, body := u.get("/")
		seen := regexp.MustCompile(`data-seen="(\d+)"`).FindStringSubmatch(body)
		if seen == nil {
			t.Fatal("the page does not say what it has seen")
		}
		if got := u.begins(path + "?seen=" + seen[1]); strings.Contains(got, "news") {
			t.Errorf("%s: %q, and nothing happened", path, got)
		}
		b.dhcp(time.Second, "67", "DISCOVER", "ipxe.efi", boot.StageROM, true)
		if got := u.begins(path + "?seen=" + seen[1]); !strings.Contains(got, "event: news") {
			t.Errorf("%s: %q, and something happened", path, got)
		}
	}
}

// begins gives what a stream sends first.
func (u *user) begins(path string) string {
	u.t.Helper()
	resp, err := u.http.Get(u.site.url + path)
	if err != nil {
		u.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	b := make([]byte, 4096)
	n, err := resp.Body.Read(b)
	if err != nil || resp.StatusCode != http.StatusOK {
		u.t.Fatal(resp.Status, err)
	}
	return string(b[:n])
}
