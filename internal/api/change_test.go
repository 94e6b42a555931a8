// SPDX-License-Identifier: Apache-2.0

package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/logins"
	"github.com/bootlace-net/bootlace/internal/machines/life"
)

// lives keeps records of a map, as a store would.
type lives struct {
	mu      sync.Mutex
	records map[string]life.Record
	broken  error
}

func newLives() *lives { return &lives{records: map[string]life.Record{}} }

// wanted: what debian is for installs.
func wanted(p boot.Plan) (d life.Desired, key string) {
	if p.Profile != nil {
		d = life.Desired{Installs: p.Profile.Name == "debian", Profile: p.Profile.Name}
	}
	if p.Host != nil {
		return d, p.Host.Name
	}
	return d, p.Client.Key().String()
}

func (l *lives) Life(p boot.Plan) (Standing, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	d, key := wanted(p)
	r := l.records[key]
	return Standing{d, r, life.Derive(d, r, life.Sight{})}, l.broken
}

func (l *lives) Order(_ context.Context, p boot.Plan, o life.Order) (life.Result, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	d, key := wanted(p)
	if l.broken != nil {
		return life.Result{}, l.broken
	}
	result := life.Command(d, l.records[key], life.Sight{}, o)
	l.records[key] = result.Record
	return result, nil
}

func TestVerbsGoToTheLife(t *testing.T) {
	s := newSite(t)
	l := newLives()
	s.Lives = l
	s.see(boot.Client{MAC: mac1})
	c, _, _ := s.serve(t)
	for _, tc := range []struct {
		verb    Verb
		profile string
		changed bool
		state   string
	}{
		{Hold, "", true, "held"},
		{Hold, "", false, "held"},
		{Release, "", true, "armed"},
		{Release, "", false, "armed"},
		{Next, "rescue", true, "armed"},
		{Finish, "", true, "done"},
		{Finish, "", false, "done"},
		{Install, "", true, "armed"},
		{Next, "", true, "armed"},
	} {
		got, err := c.Order(t.Context(), "node1", tc.verb, tc.profile)
		if err != nil || got.Changed != tc.changed || got.Machine.State != tc.state || got.Machine.Life.Next != tc.profile && tc.verb == Next {
			t.Errorf("%+v: %+v, %v", tc, got, err)
		}
	}
	if r := l.records["node1"]; r.Orders != 1 || r.Done.How != "operator" {
		t.Errorf("%+v", r)
	}
	if _, err := c.Order(t.Context(), "node2", Install, ""); status(err) != http.StatusConflict || err.Error() != "install: its profile does not install: there is nothing to do" {
		t.Errorf("a refusal is handed on: %v", err)
	}
	want := []string{"an operator holds it", "an operator releases it", "an operator ordered profile rescue for its next boot",
		"generation 1 is installed, shown by operator", "an operator ordered to install: its next boot installs", "an operator took back the order for its next boot"}
	if diff := cmp.Diff(want, s.words()); diff != "" {
		t.Errorf("told: %s", diff)
	}
	if e := s.told[0]; e.Client.MAC != mac1 || e.Host != "node1" || e.Profile != "debian" || e.Kind != boot.EventNotice || e.Detail != "bootlace machines hold, by "+me()+"; it was armed, and is held" {
		t.Errorf("%+v", e)
	}
}

// TestANextBootOfAMachineThatInstallsNothing does not make it one that does.
func TestANextBootOfAMachineThatInstallsNothing(t *testing.T) {
	s := newSite(t)
	s.Lives = newLives()
	c, _, _ := s.serve(t)
	got, err := c.Order(t.Context(), "node2", Next, "debian")
	if err != nil || !got.Changed || got.Machine.State != Unseen || got.Machine.Why != "profile debian was ordered for one boot" || got.Machine.Life.Next != "debian" {
		t.Errorf("%+v, %v", got.Machine, err)
	}
	if e := s.told[0]; !e.Client.Key().IsZero() || e.Host != "node2" {
		t.Errorf("an event about a machine makes it heard of: %+v", e)
	}
}

// TestALifeInJSON has all that is stored of it, but no token.
func TestALifeInJSON(t *testing.T) {
	at := noon
	target := life.Target{Generation: 2, Order: 1}
	r := life.Record{Schema: life.Schema, Orders: 1, Held: true, Returns: 1, Next: life.Next{Profile: "rescue"}, Tokens: []life.Token{{Hash: "secret"}},
		Done:    life.Finish{Target: life.Target{Generation: 1}, At: at, How: "callback"},
		Attempt: life.Attempt{Target: target, Number: 2, At: at, Ending: life.Failed, Why: "no disk\x1b[2J", Seen: []life.Seen{{What: life.EvidenceKernel, At: at}}}}
	d := life.Desired{Installs: true, Generation: 2, Attempts: 5}
	got, err := json.Marshal(lifeOf(Standing{d, r, life.Derive(d, r, life.Sight{})}))
	want := `{"state":"held","why":"profile rescue was ordered for one boot","serve":"profile","target":{"generation":2,"order":1},` +
		`"done":{"generation":1,"order":0,"at":"2026-01-02T12:00:00Z","how":"callback"},` +
		`"attempt":{"generation":2,"order":1,"number":2,"at":"2026-01-02T12:00:00Z","ending":"failed","why":"no disk?[2J","seen":[{"what":"kernel","at":"2026-01-02T12:00:00Z"}]},` +
		`"attempts":5,"held":true,"next":"rescue","returns":1}`
	if err != nil || string(got) != want {
		t.Errorf("%v\n%s\n%s", err, got, want)
	}
	if lifeOf(Standing{}) != nil || lifeOf(Standing{Record: life.Record{Held: true}}) == nil {
		t.Error("a machine that installs nothing has a life only if something was ordered for it")
	}
}

// TestAStoreThatFails: nothing is changed, and the machine's state says that nothing is known.
func TestAStoreThatFails(t *testing.T) {
	s := newSite(t)
	s.Lives = &lives{broken: errors.New("the disk is full")}
	s.see(boot.Client{MAC: mac1})
	s.Memory.Learn(mac1, func(h *boot.History) { h.Boots[0].Count = 3 })
	c, _, _ := s.serve(t)
	for _, verb := range life.Verbs() {
		if _, err := c.Order(t.Context(), "node1", verb, "rescue"); status(err) != http.StatusInternalServerError || err.Error() != "the disk is full" {
			t.Errorf("%s: %v", verb, err)
		}
	}
	m, err := c.Machine(t.Context(), "node1")
	if err != nil || m.State != Unknown || m.Why != "the disk is full" {
		t.Errorf("%+v, %v", m, err)
	}
	if k, _ := s.Memory.Look(mac1); k.History.Boots[0].Count != 3 || len(s.words()) != 0 {
		t.Errorf("changed: %+v, told %q", k.History, s.words())
	}
}

// TestReleaseEndsTheVerdictOfALoop under each of a machine's cards.
func TestReleaseEndsTheVerdictOfALoop(t *testing.T) {
	s := newSite(t)
	for _, mac := range []boot.MAC{mac1, mac2} {
		s.see(boot.Client{MAC: mac})
		s.Memory.Learn(mac, func(h *boot.History) { h.Boots[0].Count, h.Worked = 3, boot.StrategyBINL })
	}
	c, _, _ := s.serve(t)
	if m, _ := c.Machine(t.Context(), "node1"); m.State != Looping || m.Why != "too often" {
		t.Errorf("%+v", m)
	}
	for i, want := range []bool{true, false} {
		got, err := c.Order(t.Context(), "node1", Release, "")
		if err != nil || got.Changed != want || got.Machine.State != Seen {
			t.Errorf("%d: %+v, %v", i, got, err)
		}
	}
	for _, mac := range []boot.MAC{mac1, mac2} {
		if k, _ := s.Memory.Look(mac); k.History != (boot.History{Worked: boot.StrategyBINL}) {
			t.Errorf("%v: %+v", mac, k.History)
		}
	}
	if got := s.words(); !slices.Equal(got, []string{"its boots are counted anew"}) {
		t.Errorf("told %q", got)
	}
}

func TestForgetLeavesNothing(t *testing.T) {
	s := newSite(t)
	l := newLives()
	s.Lives = l
	s.see(boot.Client{MAC: mac1, Hostname: "h"})
	s.see(boot.Client{MAC: mac9})
	c, _, _ := s.serve(t)
	got, err := c.Order(t.Context(), "node1", Forget, "")
	if err != nil || !got.Changed || got.Machine.State != "armed" || got.Machine.Hostname != "" {
		t.Errorf("%+v, %v", got, err)
	}
	got, err = c.Order(t.Context(), mac9.String(), Forget, "")
	if err != nil || !got.Changed || got.Machine != nil {
		t.Errorf("%+v, %v", got, err)
	}
	if got := s.words(); !slices.Equal(got, []string{"forgot all that packets said of node1", "forgot all that packets said of 52:54:00:00:00:09"}) || !s.told[0].Client.MAC.IsZero() {
		t.Errorf("%q: an event about the machine would make it known again", got)
	}
	if n := s.Memory.Stats(); n.Machines+n.Events+len(l.records) != 0 {
		t.Errorf("%+v, %v", n, l.records)
	}
}

func TestWithoutLives(t *testing.T) {
	s := newSite(t)
	c, _, _ := s.serve(t)
	for _, verb := range []Verb{Install, Hold, Finish, Next} {
		if _, err := c.Order(t.Context(), "node1", verb, "rescue"); status(err) != http.StatusNotImplemented {
			t.Errorf("%s: %v", verb, err)
		}
	}
}

func TestManyChangesAtOnce(t *testing.T) {
	s := newSite(t)
	l := newLives()
	s.Lives = l
	s.see(boot.Client{MAC: mac1})
	c, _, _ := s.serve(t)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for i := range 20 {
				if _, err := c.Order(t.Context(), "node1", Install, ""); err != nil {
					t.Error(err)
				}
				if _, err := c.Order(t.Context(), "node1", []Verb{Hold, Release}[i%2], ""); err != nil {
					t.Error(err)
				}
				s.see(boot.Client{MAC: mac2})
			}
		})
	}
	group.Wait()
	if m, err := c.Machine(t.Context(), "node1"); err != nil || m.Life.Target.Order != 160 {
		t.Errorf("%+v, %v", m.Life, err)
	}
}

// posted sends a body as it is.
func (s *appliance) posted(path string, body []byte) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.Handler(s.admit).ServeHTTP(w, httptest.NewRequest(http.MethodPost, Prefix+path, bytes.NewReader(body)))
	return w
}

func TestBodies(t *testing.T) {
	s := newSite(t)
	s.Lives = newLives()
	for _, tc := range []struct {
		path, body string
		status     int
		detail     string
	}{
		{"node1/next", `{"profile":"rescue"}`, 200, ""},
		{"node1/next", ` {"profile" : "rescue"}` + "\n", 200, ""},
		{"node1/hold", "", 200, ""},
		{"node1/hold", "{}", 200, ""},
		{"node1/next", "", 400, "profile: expected one, or an empty one to take back the last"},
		{"node1/next", `{"profile":""}`, 200, ""},
		{"node1/next", `{"profile":"rescu"}`, 400, "there is no profile rescu: did you mean rescue?"},
		{"node1/next", `{"profile":"\u001b[2J"}`, 400, "there is no profile ?[2J: expected one of debian, rescue"},
		{"node1/hold", `{"profile":"rescue"}`, 400, "profile: only next takes one"},
		{"node1/next", `{"profil":"rescue"}`, 400, `unknown field "profil"`},
		{"node1/next", `{"profile":7}`, 400, "JSON"},
		{"node1/next", `{"profile":"rescue"} {}`, 400, "something follows the object"},
		{"node1/next", `[]`, 400, "JSON"},
		{"node1/next", `{"profile":"` + strings.Repeat("x", mostBody) + `"}`, 413, "more than 65536 bytes"},
		{"node1/next", `{"profile":"rescue"}` + strings.Repeat(" ", mostBody), 413, "more than 65536 bytes"},
		{"node1/erase", "", 404, "there is no verb erase: expected install, hold, release, done, forget, next"},
		{"nobody/hold", "", 404, "there is no machine nobody"},
	} {
		w := s.posted("/machines/"+tc.path, []byte(tc.body))
		var p Problem
		if w.Code != tc.status || json.Unmarshal(w.Body.Bytes(), &p) != nil || !strings.Contains(p.Detail, tc.detail) {
			t.Errorf("%s %.40s: %d %s", tc.path, tc.body, w.Code, w.Body)
		}
		if kind := w.Header().Get("Content-Type"); tc.status != 200 && kind != "application/problem+json" || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s %.40s: %s", tc.path, tc.body, kind)
		}
	}
}

// FuzzBody: whatever is sent, the answer is JSON, a refusal changes nothing, and nothing of it can move a cursor.
func FuzzBody(f *testing.F) {
	for _, seed := range []string{"", "{}", `{"profile":"rescue"}`, `{"profile":"\u202e"}`, "[", `{"profile":"debian"}x`, "null", `{"profile":null}`, "\xff"} {
		f.Add("next", []byte(seed))
		f.Add("hold", []byte(seed))
	}
	f.Fuzz(func(t *testing.T, verb string, body []byte) {
		s := newSite(t)
		l := newLives()
		s.Lives = l
		r := httptest.NewRequest(http.MethodPost, Prefix+"/machines/node1/x", bytes.NewReader(body))
		r.URL.Path = Prefix + "/machines/node1/" + strings.ReplaceAll(verb, "/", "")
		w := httptest.NewRecorder()
		s.Handler(s.admit).ServeHTTP(w, r)
		if w.Code == http.StatusMovedPermanently || w.Code == http.StatusTemporaryRedirect || w.Code == http.StatusPermanentRedirect {
			return // ServeMux cleans a path
		}
		var v map[string]any
		if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil {
			t.Fatalf("%d %q: %v", w.Code, w.Body, err)
		}
		if w.Code != http.StatusOK && len(l.records)+len(s.words()) > 0 {
			t.Errorf("%d, but %q was done", w.Code, s.words())
		}
		if d, _ := v["detail"].(string); d != boot.Printable(d) {
			t.Errorf("%q", d)
		}
	})
}

// TestAChangeOfWhatIsSeen: with If-Match a verb does nothing to a machine that stands elsewhere by now.
func TestAChangeOfWhatIsSeen(t *testing.T) {
	s := newSite(t)
	s.Lives = newLives()
	s.see(boot.Client{MAC: mac1})
	etag := s.get("/machines/node1", logins.Read).Header().Get("ETag")
	s.see(boot.Client{MAC: mac1, Hostname: "says more"}) // no change of where it stands
	order := func(verb, match string) int {
		w := httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodPost, Prefix+"/machines/node1/"+verb, nil)
		r.Header.Set("If-Match", match)
		s.Handler(s.admit).ServeHTTP(w, r)
		return w.Code
	}
	for _, tc := range []struct {
		verb, match string
		want        int
	}{{"hold", `"another"`, 412}, {"hold", `W/` + etag, 412}, {"hold", `"x", ` + etag, 200}, {"install", etag, 412}, {"release", "*", 200}, {"hold", etag, 200}} {
		if got := order(tc.verb, tc.match); got != tc.want || etag == "" {
			t.Errorf("%+v: %d", tc, got)
		}
	}
}
