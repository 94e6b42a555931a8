// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/machines/waiting"
)

// TestNextInstallsNobodyUnnamed: not even by an order for one boot, unless the configuration says in words that it may be.
func TestNextInstallsNobodyUnnamed(t *testing.T) {
	for allowed, want := range map[bool]int{false: http.StatusConflict, true: http.StatusOK} {
		s := newSite(t)
		s.Lives = newLives()
		wipe := profile("wipe")
		wipe.Destructive = true
		cat, problems := boot.Build(boot.Spec{
			Profiles: []*boot.Draft{wipe, profile("rescue")},
			Groups:   []*boot.Group{{Name: "lab", Match: boot.Match{OUIs: []string{"5254"}}, Wait: true, AllowDestructive: allowed}},
			Hosts:    []*boot.Host{{Name: "node1", Match: boot.Match{MACs: []boot.MAC{mac1}}, Profile: "rescue"}},
		})
		if cat == nil {
			t.Fatal(problems)
		}
		s.Catalog = func() *boot.Catalog { return cat }
		s.see(boot.Client{MAC: mac9})
		c, _, _ := s.serve(t)
		for _, tt := range []struct {
			name, profile string
			want          int
		}{{mac9.String(), "wipe", want}, {mac9.String(), "rescue", http.StatusOK}, {"node1", "wipe", http.StatusOK}} {
			_, err := c.Order(t.Context(), tt.name, Next, tt.profile)
			if got := status(err); err == nil && tt.want != http.StatusOK || err != nil && got != tt.want {
				t.Errorf("allowed %t: %s, %s: %v, want %d", allowed, tt.name, tt.profile, err, tt.want)
			}
		}
	}
}

// adopters notes what it is asked for.
type adopters struct {
	code, by string
	asked    Adoption
}

func (a *adopters) Adopt(_ context.Context, code string, o Adoption, by string) (Adopted, error) {
	a.code, a.asked, a.by = code, o, by
	return Adopted{Code: code, Name: o.Name}, nil
}

// TestAdoptAsks: what is wrong with a request is told before anybody is asked.
func TestAdoptAsks(t *testing.T) {
	s := newSite(t)
	c, _, _ := s.serve(t)
	if _, err := c.Adopt(t.Context(), "K7MPX", Adoption{Name: "x"}); status(err) != http.StatusNotImplemented {
		t.Errorf("nobody adopts: %v", err)
	}
	a := &adopters{}
	s.Adopter = a
	for _, tt := range []struct {
		a    Adoption
		want string
	}{{Adoption{}, "name: expected"}, {Adoption{Name: "x", Profile: "nope"}, "there is no profile nope"}} {
		if _, err := c.Adopt(t.Context(), "K7MPX", tt.a); status(err) != http.StatusBadRequest || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%+v: %v", tt.a, err)
		}
	}
	if a.code != "" {
		t.Fatalf("asked for %q", a.code)
	}
	done, err := c.Adopt(t.Context(), "../a b%", Adoption{Name: "x", Profile: "rescue", AllowDestructive: true})
	if err != nil || done.Name != "x" || a.code != "../a b%" || !a.asked.AllowDestructive || a.by != me() {
		t.Errorf("%+v, %v: %+v", done, err, a)
	}
}

// TestWaitersAreForgottenWithTheirReason: who is listed waits by the configuration of this moment, and what was known of it may be gone.
func TestWaitersAreForgottenWithTheirReason(t *testing.T) {
	s := newSite(t)
	s.Waiting = waiting.New(nil)
	c, _, _ := s.serve(t)
	code, _ := s.Waiting.Join(macWaits, addr("192.0.2.9"))
	s.Waiting.Join(mac1, addr("192.0.2.1")) // a host by now
	all, err := c.Waiting(t.Context())
	if err != nil || len(all.Waiting) != 1 || all.Waiting[0].Code != code || all.Waiting[0].Machine.MACs[0] != macWaits.String() {
		t.Errorf("%+v, %v", all, err)
	}
	if s.Waiting.Code(mac1) != "" {
		t.Error("a host keeps its code")
	}
}
