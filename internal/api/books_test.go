// SPDX-License-Identifier: Apache-2.0

package api

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/logins"
	"github.com/bootlace-net/bootlace/internal/site"
)

// configured is an appliance with a configuration of files: node7 boots a rendered file with a secret in it.
func configured(t *testing.T) *appliance {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"bootlace.yaml":      "server: {state: " + dir + "/state, secrets: " + dir + "/secrets}\nunknown: wait\n",
		"secrets/root":       "opensesame",
		"hosts/a.yaml":       "hosts:\n  - {name: node7, match: {mac: '52:54:00:00:00:07'}, profile: web}\n",
		"hosts/g.yaml":       "groups:\n  - {name: lab, match: {labels: {rack: x}}, profile: web}\n",
		"profiles/web.yaml":  "kernel: linux\nfiles:\n  answer.cfg: {content: 'password {{ secret \"root\" }}'}\n",
		"state/images/linux": "MZ",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	found, problems, err := site.Open(dir, site.Overrides{})
	if found == nil || err != nil {
		t.Fatal(problems, err)
	}
	s := newSite(t)
	s.Catalog = func() *boot.Catalog { return found.Catalog }
	s.Site = func() *site.Site { return found }
	s.Findings = func() site.Findings {
		return site.FindingsOf([]boot.Problem{{Pos: boot.Pos{File: "hosts/a.yaml", Line: 2, Column: 5}, What: "two hosts have this address", Expected: "expected one"}})
	}
	return s
}

// get asks with a role.
func (s *appliance) get(path string, as logins.Role) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h := s.Handler(func(*http.Request) (Caller, error) { return Caller{"token ci", as}, nil })
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, Prefix+path, nil))
	return w
}

func TestPlan(t *testing.T) {
	s := configured(t)
	var x site.Explanation
	if err := s.read(t, "/machines/node7/plan", &x); err != nil || x.Host != "node7" || x.Profile != "web" || len(x.Why) == 0 || len(x.Files) == 0 || x.Offer == nil {
		t.Errorf("%v %+v", err, x)
	}
	if w := newSite(t).get("/machines/node1/plan", logins.Read); w.Code != http.StatusNotImplemented {
		t.Errorf("without a site: %d", w.Code)
	}
}

func (s *appliance) read(t *testing.T, path string, to any) error {
	t.Helper()
	return s.As(Caller{"token ci", logins.Read}).do(t.Context(), http.MethodGet, path, nil, to)
}

// TestRenderedFiles: they are listed for everybody, and what holds a secret is read by an administrator only.
func TestRenderedFiles(t *testing.T) {
	s := configured(t)
	var list RenderedFiles
	if err := s.read(t, "/machines/node7/files", &list); err != nil || list.Name != "node7" {
		t.Fatalf("%v %+v", err, list)
	}
	secret := 0
	for _, f := range list.Files {
		for role, want := range map[logins.Role]int{logins.Read: 200, logins.Operate: 200, logins.Admin: 200} {
			if f.Secret && role < logins.Admin {
				want = 403
			}
			w := s.get("/machines/node7/files/"+f.Path, role)
			if w.Code != want || want == 200 && (int64(w.Body.Len()) != f.Size || w.Header().Get("X-Content-Type-Options") != "nosniff") || want != 200 && strings.Contains(w.Body.String(), "opensesame") {
				t.Errorf("%s as %v: %d %s", f.Path, role, w.Code, w.Body)
			}
		}
		if f.Secret {
			secret++
			if w := s.get("/machines/node7/files/"+f.Path, logins.Admin); w.Body.String() != "password opensesame" {
				t.Errorf("%s: %s", f.Path, w.Body)
			}
		}
	}
	if secret != 1 || !slices.ContainsFunc(list.Files, func(f RenderedFile) bool { return f.Path == "boot.ipxe" }) {
		t.Errorf("%+v", list.Files)
	}
	for _, path := range []string{"nothing", "..%2f..%2fsecrets%2froot", "%00"} {
		if w := s.get("/machines/node7/files/"+path, logins.Admin); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
}

func TestProfilesAndFindings(t *testing.T) {
	s := configured(t)
	var p Profiles
	if err := s.read(t, "/profiles", &p); err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(p.Profiles, func(p Profile) bool { return p.Name == "web" })
	if i < 0 || p.Profiles[i].Machines != 1 || !slices.Equal(p.Profiles[i].Groups, []string{"lab"}) || p.Profiles[i].Kind != "kernel" || !strings.Contains(p.Profiles[i].At, "web.yaml:1") {
		t.Errorf("%+v", p)
	}
	var f site.Findings
	if err := s.read(t, "/findings", &f); err != nil || len(f.Errors) != 1 || f.Errors[0].File != "hosts/a.yaml" || f.Errors[0].Line != 2 || f.Warnings == nil {
		t.Errorf("%v %+v", err, f)
	}
}

// TestNetwork: who gets into the way is there once, as it was heard last; relays are counted.
func TestNetwork(t *testing.T) {
	s := newSite(t)
	for i := range 3 {
		s.note(boot.Event{Time: noon.Add(time.Duration(i) * time.Hour), Kind: boot.EventNetwork, Text: "a rival", Network: &boot.Network{Rival: "proxy", Server: addr("192.0.2.7")}})
		s.see(boot.Client{MAC: boot.MAC{2, byte(i)}, Relay: addr("10.0.7.1")})
	}
	got := s.network()
	if len(got.Rivals) != 1 || got.Rivals[0] != (Rival{"proxy", "192.0.2.7", noon.Add(2 * time.Hour), "a rival"}) ||
		len(got.Relays) != 1 || got.Relays[0] != (Relay{"10.0.7.1", 3, noon}) || len(got.Events) != 3 {
		t.Errorf("%+v", got)
	}
}

func TestThroughputAndMetrics(t *testing.T) {
	s := newSite(t)
	for _, path := range []string{"/throughput", "/metrics"} {
		if w := s.get(path, logins.Read); w.Code != http.StatusNotImplemented {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	s.Minutes = func() []Minute { return []Minute{{At: noon, TFTP: 7}} }
	s.Metrics = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "bootlace_x 1\n") })
	if w := s.get("/throughput", logins.Read); strings.TrimSpace(w.Body.String()) != `{"minutes":[{"at":"2026-01-02T12:00:00Z","tftp":7,"http":0,"files":0,"failed":0,"retransmits":0}]}` {
		t.Errorf("%s", w.Body)
	}
	if w := s.get("/metrics", logins.Read); w.Body.String() != "bootlace_x 1\n" {
		t.Errorf("%s", w.Body)
	}
}
