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

	"github.com/bootlace-net/bootlace/boot"
)

// lives is a Lives that only knows holds, next boots and orders.
type lives struct {
	mu     sync.Mutex
	held   map[string]bool
	next   map[string]string
	orders int
	by     []string
	broken error
}

func newLives() *lives { return &lives{held: map[string]bool{}, next: map[string]string{}} }

func (l *lives) Life(p boot.Plan) (*Life, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.broken != nil || p.Host == nil {
		return nil, l.broken
	}
	life := &Life{State: "armed", Generation: 1, Orders: l.orders, Held: l.held[p.Host.Name], Next: l.next[p.Host.Name]}
	if life.Held {
		life.State = "held"
	}
	return life, nil
}

func (l *lives) Order(_ context.Context, p boot.Plan, o Order) (bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.broken != nil {
		return false, l.broken
	}
	l.by = append(l.by, o.By)
	name := "stranger"
	if p.Host != nil {
		name = p.Host.Name
	}
	switch o.Verb {
	case Hold, Release:
		changed := l.held[name] != (o.Verb == Hold)
		l.held[name] = o.Verb == Hold
		return changed, nil
	case Next:
		changed := l.next[name] != o.Profile
		l.next[name] = o.Profile
		return changed, nil
	case Install:
		l.orders++
		return true, nil
	case Done:
		return false, problem(http.StatusConflict, "nothing is to be installed")
	}
	return false, nil
}

func TestVerbsGoToTheLife(t *testing.T) {
	s := newSite(t)
	l := newLives()
	s.Lives = l
	s.see(boot.Client{MAC: mac1})
	c, _, _ := s.serve(t)
	for _, tc := range []struct {
		order   Order
		changed bool
		state   string
	}{
		{Order{Verb: Hold}, true, "held"},
		{Order{Verb: Hold}, false, "held"},
		{Order{Verb: Release}, true, "armed"},
		{Order{Verb: Release}, false, "armed"},
		{Order{Verb: Next, Profile: "rescue"}, true, "armed"},
		{Order{Verb: Next, Profile: "rescue"}, false, "armed"},
		{Order{Verb: Install}, true, "armed"},
	} {
		got, err := c.Order(t.Context(), "node1", tc.order)
		if err != nil || got.Changed != tc.changed || got.Machine.State != tc.state {
			t.Errorf("%+v: %+v, %v", tc.order, got, err)
		}
	}
	if l.orders != 1 || l.next["node1"] != "rescue" || l.by[0] != me() {
		t.Errorf("%+v", l)
	}
	if _, err := c.Order(t.Context(), "node1", Order{Verb: Done}); status(err) != http.StatusConflict || err.Error() != "nothing is to be installed" {
		t.Errorf("a refusal is handed on: %v", err)
	}
	want := []string{"held: nothing installs" + asked(), "released" + asked(), "the next boot is of profile rescue" + asked(),
		"to be installed again" + asked()}
	if got := s.words(); !slices.Equal(got, want) {
		t.Errorf("told: %q", got)
	}
	if e := s.told[0]; e.Client.MAC != mac1 || e.Host != "node1" || e.Profile != "debian" || e.Kind != boot.EventNotice {
		t.Errorf("%+v", e)
	}
}

// TestAStoreThatFails: nothing is changed, and the machine's state says that nothing is known.
func TestAStoreThatFails(t *testing.T) {
	s := newSite(t)
	s.Lives = &lives{broken: errors.New("the disk is full")}
	s.see(boot.Client{MAC: mac1})
	s.Memory.Learn(mac1, func(h *boot.History) { h.ROM.Count = 3 })
	c, _, _ := s.serve(t)
	for _, verb := range Verbs() {
		if _, err := c.Order(t.Context(), "node1", Order{Verb: verb, Profile: map[Verb]string{Next: "rescue"}[verb]}); status(err) != http.StatusInternalServerError || err.Error() != "the disk is full" {
			t.Errorf("%s: %v", verb, err)
		}
	}
	m, err := c.Machine(t.Context(), "node1")
	if err != nil || m.State != Unknown || m.Why != "the disk is full" {
		t.Errorf("%+v, %v", m, err)
	}
	if k, _ := s.Memory.Look(mac1); k.History.ROM.Count != 3 || len(s.words()) != 0 {
		t.Errorf("changed: %+v, told %q", k.History, s.words())
	}
}

// TestReleaseEndsTheVerdictOfALoop under each of a machine's cards.
func TestReleaseEndsTheVerdictOfALoop(t *testing.T) {
	s := newSite(t)
	for _, mac := range []boot.MAC{mac1, mac2} {
		s.see(boot.Client{MAC: mac})
		s.Memory.Learn(mac, func(h *boot.History) { h.ROM.Count, h.Worked = 3, boot.StrategyBINL })
	}
	c, _, _ := s.serve(t)
	if m, _ := c.Machine(t.Context(), "node1"); m.State != Looping || m.Why != "too often" {
		t.Errorf("%+v", m)
	}
	for i, want := range []bool{true, false} {
		got, err := c.Order(t.Context(), "node1", Order{Verb: Release})
		if err != nil || got.Changed != want || got.Machine.State != Seen {
			t.Errorf("%d: %+v, %v", i, got, err)
		}
	}
	for _, mac := range []boot.MAC{mac1, mac2} {
		if k, _ := s.Memory.Look(mac); k.History != (boot.History{Worked: boot.StrategyBINL}) {
			t.Errorf("%v: %+v", mac, k.History)
		}
	}
	if got := s.words(); !slices.Equal(got, []string{"released" + asked()}) {
		t.Errorf("told %q", got)
	}
}

func TestForgetLeavesNothing(t *testing.T) {
	s := newSite(t)
	s.see(boot.Client{MAC: mac1, Hostname: "h"})
	s.see(boot.Client{MAC: mac9})
	c, _, _ := s.serve(t)
	got, err := c.Order(t.Context(), "node1", Order{Verb: Forget})
	if err != nil || !got.Changed || got.Machine.State != Unseen || got.Machine.Hostname != "" {
		t.Errorf("%+v, %v", got, err)
	}
	got, err = c.Order(t.Context(), mac9.String(), Order{Verb: Forget})
	if err != nil || !got.Changed || got.Machine != nil {
		t.Errorf("%+v, %v", got, err)
	}
	if got := s.words(); !slices.Equal(got, []string{"forgot node1" + asked(), "forgot 52:54:00:00:00:09" + asked()}) || !s.told[0].Client.MAC.IsZero() {
		t.Errorf("%q: an event about the machine would make it known again", got)
	}
	if n := s.Memory.Stats(); n.Machines+n.Events != 0 {
		t.Errorf("%+v", n)
	}
}

func TestWithoutLives(t *testing.T) {
	s := newSite(t)
	c, _, _ := s.serve(t)
	for _, o := range []Order{{Verb: Install}, {Verb: Hold}, {Verb: Done}, {Verb: Next, Profile: "rescue"}} {
		if _, err := c.Order(t.Context(), "node1", o); status(err) != http.StatusNotImplemented {
			t.Errorf("%s: %v", o.Verb, err)
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
				if _, err := c.Order(t.Context(), "node1", Order{Verb: Install}); err != nil {
					t.Error(err)
				}
				if _, err := c.Order(t.Context(), "node1", Order{Verb: Verbs()[2+i%2]}); err != nil {
					t.Error(err)
				}
				s.see(boot.Client{MAC: mac2})
			}
		})
	}
	group.Wait()
	if m, err := c.Machine(t.Context(), "node1"); err != nil || m.Life.Orders != 160 {
		t.Errorf("%+v, %v", m.Life, err)
	}
}

// posted sends a body as it is.
func (s *site) posted(path string, body []byte) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodPost, Prefix+path, bytes.NewReader(body)))
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
		{"node1/next", "", 400, "profile: expected one of debian, rescue"},
		{"node1/next", `{"profile":"rescu"}`, 400, "there is no profile rescu: did you mean rescue?"},
		{"node1/next", `{"profile":"\u001b[2J"}`, 400, "there is no profile ?[2J: expected one of debian, rescue"},
		{"node1/hold", `{"profile":"rescue"}`, 400, "profile: only next takes one"},
		{"node1/next", `{"profil":"rescue"}`, 400, `unknown field "profil"`},
		{"node1/next", `{"profile":7}`, 400, "JSON"},
		{"node1/next", `{"profile":"rescue"} {}`, 400, "something follows the object"},
		{"node1/next", `[]`, 400, "JSON"},
		{"node1/next", `{"profile":"` + strings.Repeat("x", mostBody) + `"}`, 413, "more than 65536 bytes"},
		{"node1/next", `{"profile":"rescue"}` + strings.Repeat(" ", mostBody), 413, "more than 65536 bytes"},
		{"node1/erase", "", 404, "there is no verb erase: expected next, install, hold, release, done, forget"},
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
		s.Handler().ServeHTTP(w, r)
		if w.Code == http.StatusMovedPermanently || w.Code == http.StatusTemporaryRedirect || w.Code == http.StatusPermanentRedirect {
			return // ServeMux cleans a path
		}
		var v map[string]any
		if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil {
			t.Fatalf("%d %q: %v", w.Code, w.Body, err)
		}
		if w.Code != http.StatusOK && (len(l.by) > 0 || len(s.words()) > 0) && w.Code != http.StatusConflict {
			t.Errorf("%d, but %q was done", w.Code, s.words())
		}
		if d, _ := v["detail"].(string); d != boot.Printable(d) {
			t.Errorf("%q", d)
		}
	})
}
