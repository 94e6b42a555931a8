// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/api"
)

// whereTheyAreAdopted has more profiles: one that installs, and one whose menu does after a while.
func whereTheyAreAdopted(t *testing.T) map[string]string {
	return whereTheyWait(t, map[string]string{
		"profiles/install.yaml": "kernel: linux\ncmdline: [say=install]\ninstall: true\n",
		"profiles/menu.yaml":    "menu: {timeout: 5s, entries: [install, local]}\n",
		"profiles/needy.yaml":   "kernel: linux\ncmdline: [\"disk={{ .vars.disk }}\"]\n",
		"hosts/h.yaml":          "groups:\n  - {name: r7, match: {labels: {rack: '7'}}, profile: plain}\nhosts:\n  - {name: one, match: {mac: '52:54:00:00:00:01'}, profile: plain}\n",
	})
}

// adopt asks for a machine to become a host.
func (a *assembled) adopt(t *testing.T, code string, o api.Adoption) (api.Adopted, error) {
	t.Helper()
	c, err := api.Dial("http://"+a.answers(t), api.Login{})
	if err != nil {
		t.Fatal(err)
	}
	return c.Adopt(t.Context(), code, o)
}

// TestAdopt: a machine that waits becomes a host by its code, and boots its profile when it asks the next time. What is in the file
// stays.
func TestAdopt(t *testing.T) {
	dir, state := directory(t, whereTheyAreAdopted(t)), stateDir(t)
	file := filepath.Join(state, "hosts", "adopted.yaml")
	a, stop := assembledAt(t, dir, state)
	a.memory.See(boot.Client{MAC: mac(9), Class: boot.ClassPXE, Serial: "S\n9\x1b", Addr: addr("192.0.2.9")})
	shown := code(a.byHTTP(under(9, "boot.ipxe")))
	preview, err := a.adopt(t, shown, api.Adoption{Name: "nine", Profile: "plain", Preview: true})
	if _, gone := os.Stat(file); err != nil || gone == nil || !strings.Contains(preview.Content, `- name: "nine"`) {
		t.Fatalf("%+v, %v, %v", preview, err, gone)
	}
	done, err := a.adopt(t, strings.ToLower(shown), api.Adoption{Name: "nine", Profile: "plain"})
	if err != nil || done.Name != "nine" || done.File != file || done.Code != shown {
		t.Fatalf("%+v, %v", done, err)
	}
	if text := a.byHTTP(under(9, "boot.ipxe")); !strings.Contains(text, "say=plain") {
		t.Errorf("it boots %s", text)
	}
	if text := a.byHTTP(under(9, "seed")); text != "swordfish" {
		t.Errorf("its file is %q", text)
	}
	if len(a.waiters(t)) != 0 {
		t.Error("it waits")
	}
	written, _ := os.ReadFile(file)
	rewrite(t, filepath.Dir(file), "adopted.yaml", "# of rack 7\n"+string(written)+"# the end\n")
	eight := code(a.byHTTP(under(8, "boot.ipxe")))
	if _, err := a.adopt(t, eight, api.Adoption{Name: "eight", Labels: map[string]string{"rack": "7"}, Vars: map[string]any{"x": "# y"}}); err != nil {
		t.Fatal(err)
	}
	stop()
	a, _ = assembledAt(t, dir, state)
	if text := a.byHTTP(under(8, "boot.ipxe")); !strings.Contains(text, "say=plain") {
		t.Errorf("by its group it boots %s", text)
	}
	now, _ := os.ReadFile(file)
	for _, want := range []string{"# of rack 7\n", "# the end\n", "; serial S?9?\n", `- name: "nine"`, `- name: "eight"`, `"rack": "7"`} {
		if !strings.Contains(string(now), want) {
			t.Errorf("%q is not in\n%s", want, now)
		}
	}
}

// TestAdoptIsRefused: whatever is wrong with a host is told, and nothing is written.
func TestAdoptIsRefused(t *testing.T) {
	dir, state := directory(t, whereTheyAreAdopted(t)), stateDir(t)
	a, _ := assembledAt(t, dir, state)
	shown := code(a.byHTTP(under(9, "boot.ipxe")))
	for _, tt := range []struct {
		name, code string
		a          api.Adoption
		status     int
		want       string
	}{
		{"another code", "33333", api.Adoption{Name: "x", Profile: "plain"}, http.StatusNotFound, "no machine waits with this code"},
		{"no name", shown, api.Adoption{Profile: "plain"}, http.StatusBadRequest, "name: expected that of the host"},
		{"a name that is none", shown, api.Adoption{Name: "a b\n", Profile: "plain"}, http.StatusConflict, "expected a name of letters, digits"},
		{"a name twice", shown, api.Adoption{Name: "one", Profile: "plain"}, http.StatusConflict, "host one: already defined at"},
		{"no such profile", shown, api.Adoption{Name: "x", Profile: "plai"}, http.StatusBadRequest, "there is no profile plai: did you mean plain?"},
		{"no profile", shown, api.Adoption{Name: "x"}, http.StatusConflict, "nothing was written: "},
		{"a profile that wants more", shown, api.Adoption{Name: "x", Profile: "needy"}, http.StatusConflict, "disk"},
		{"an installation", shown, api.Adoption{Name: "x", Profile: "install"}, http.StatusConflict, "destructive profile install, which loses what is on its disk: that has to be said in words"},
		{"one behind a menu", shown, api.Adoption{Name: "x", Profile: "menu"}, http.StatusConflict, "destructive profile install"},
	} {
		_, err := a.adopt(t, tt.code, tt.a)
		var p *api.Problem
		if !errors.As(err, &p) || p.Status != tt.status || !strings.Contains(p.Detail, tt.want) {
			t.Errorf("%s: %v, want %d, %q", tt.name, err, tt.status, tt.want)
		}
		if _, err := os.Stat(filepath.Join(state, "hosts", "adopted.yaml")); err == nil {
			t.Fatalf("%s: something was written", tt.name)
		}
	}
	if got := code(a.byHTTP(under(9, "boot.ipxe"))); got != shown {
		t.Errorf("it waits with %q now", got)
	}
	if _, err := a.adopt(t, shown, api.Adoption{Name: "x", Profile: "install", AllowDestructive: true}); err != nil {
		t.Fatal(err)
	}
	if text := a.byHTTP(under(9, "boot.ipxe")); !strings.Contains(text, "say=install") {
		t.Errorf("it boots %s", text)
	}
	if r, _ := a.life(t, "x"); r.Attempt.Number != 1 {
		t.Errorf("its attempt is not counted: %+v", r)
	}
}

// TestAdoptIntoAConfigurationWithMistakes: whoever is in the middle of editing is not overtaken.
func TestAdoptIntoAConfigurationWithMistakes(t *testing.T) {
	dir, state := directory(t, whereTheyAreAdopted(t)), stateDir(t)
	a, _ := assembledAt(t, dir, state)
	shown := code(a.byHTTP(under(9, "boot.ipxe")))
	rewrite(t, dir, "profiles/plain.yaml", "kernel: [\n")
	if _, err := a.adopt(t, shown, api.Adoption{Name: "x", Profile: "plain"}); err == nil || !strings.Contains(err.Error(), "has mistakes already, which bootlace check tells of") {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(filepath.Join(state, "hosts", "adopted.yaml")); err == nil {
		t.Error("something was written")
	}
}

// TestAdoptIntoTheConfiguration: with server.adopted, hosts are written where the others are, and read once.
func TestAdoptIntoTheConfiguration(t *testing.T) {
	for _, name := range []string{"hosts/new.yaml", "hosts/h.yaml", "new/hosts.yaml"} {
		files := whereTheyAreAdopted(t)
		files["bootlace.yaml"] = strings.Replace(files["bootlace.yaml"], "server: {", "server: {adopted: "+name+", ", 1)
		dir := directory(t, files)
		a, _ := assembledAt(t, dir, stateDir(t))
		for i, host := range []string{"eight", "nine"} {
			n := byte(8 + i)
			if _, err := a.adopt(t, code(a.byHTTP(under(n, "boot.ipxe"))), api.Adoption{Name: host, Profile: "plain"}); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if text := a.byHTTP(under(n, "boot.ipxe")); !strings.Contains(text, "say=plain") {
				t.Errorf("%s: it boots %s", name, text)
			}
		}
		if b, err := os.ReadFile(filepath.Join(dir, name)); err != nil || strings.Count(string(b), "- name: \"") != 2 {
			t.Errorf("%s: %v\n%s", name, err, b)
		}
	}
}

// TestAdoptWhereNothingCanBeWritten says where that is, and what to do.
func TestAdoptWhereNothingCanBeWritten(t *testing.T) {
	dir, state := directory(t, whereTheyAreAdopted(t)), stateDir(t)
	a, _ := assembledAt(t, dir, state)
	shown := code(a.byHTTP(under(9, "boot.ipxe")))
	hosts := filepath.Join(state, "hosts")
	if err := errors.Join(os.Remove(hosts), os.WriteFile(hosts, nil, 0o644)); err != nil { // root may write anywhere but into a file
		t.Fatal(err)
	}
	if _, err := a.adopt(t, shown, api.Adoption{Name: "x", Profile: "plain"}); err == nil || !strings.Contains(err.Error(), hosts) {
		t.Errorf("%v", err)
	}
	if got := code(a.byHTTP(under(9, "boot.ipxe"))); got != shown {
		t.Errorf("it waits with %q now", got)
	}
}

// TestTheFileOfAdoptedHostsIsFollowed: who edits it by hand need not tell anybody.
func TestTheFileOfAdoptedHostsIsFollowed(t *testing.T) {
	a := serve(t, onLoopback+"unknown: wait\n", map[string]string{"profiles/p.yaml": "kernel: linux\n"})
	if _, err := a.asks(t).Machine(t.Context(), "nine"); err == nil {
		t.Fatal("it is there already")
	}
	a.write(t, filepath.Join(a.state, "hosts", "adopted.yaml"), "hosts:\n  - {name: nine, match: {mac: '52:54:00:00:00:09'}, profile: p}\n")
	a.wait(t, "configuration reloaded")
	if m, err := a.asks(t).Machine(t.Context(), "nine"); err != nil || m.Profile != "p" {
		t.Errorf("%+v, %v", m, err)
	}
}
