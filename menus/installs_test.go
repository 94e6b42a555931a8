// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/configs"
)

const (
	installsDocs    = "../docs/installs.md"
	installsExample = "../configs/examples/install"
	installsGolden  = "testdata/golden/installs.txtar"
)

// TestInstallsDocs: the snippets of the documentation are the templates of the example.
func TestInstallsDocs(t *testing.T) {
	b, err := os.ReadFile(installsDocs)
	if err != nil {
		t.Fatal(err)
	}
	marks := regexp.MustCompile(`(?s)<!-- example (\S+) -->\n.*?<!-- end -->`)
	var shown []string
	want := marks.ReplaceAllStringFunc(string(b), func(s string) string {
		name := marks.FindStringSubmatch(s)[1]
		text, err := os.ReadFile(filepath.Join(installsExample, name))
		if err != nil {
			t.Fatal(err)
		}
		shown = append(shown, name)
		return "<!-- example " + name + " -->\n```" + languageOf(name) + "\n" + string(text) + "```\n<!-- end -->"
	})
	templates, _ := filepath.Glob(installsExample + "/templates/done.*")
	for _, name := range templates {
		if !slices.Contains(shown, "templates/"+filepath.Base(name)) {
			t.Errorf("%s is not shown", name)
		}
	}
	if *update {
		if err := os.WriteFile(installsDocs, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, string(b)); diff != "" {
		t.Errorf("run go generate (-want +got):\n%s", diff)
	}
}

func languageOf(name string) string {
	return map[string]string{
		".yaml": "yaml", ".autoinstall": "yaml", ".cloud-init": "yaml", ".service": "ini", ".ign": "json", ".proxmox": "toml", ".windows": "xml",
	}[path.Ext(name)]
}

// installSite is the example.
func installSite(t *testing.T) (*boot.Catalog, *Tree) {
	t.Helper()
	cfg, catalog := configured(t, os.DirFS(installsExample))
	tree, problems := New(catalog, Options{
		Templates: cfg.Templates, YAML: configs.WriteYAML, SecretsByToken: cfg.Settings.Secrets == configs.SecretsStrict,
		Secret: func(name string, _ boot.Client) (string, error) { return "<" + name + "> & 'more'", nil },
	})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return catalog, tree
}

// answers renders the files of a host's profile during an attempt.
func answers(t *testing.T, c *boot.Catalog, tree *Tree, h *boot.Host, server boot.Endpoint) map[string]string {
	t.Helper()
	p := c.Plan(boot.Client{MAC: h.Match.MACs[0], Archs: []boot.Arch{boot.ArchX64}})
	got := make(map[string]string)
	for _, n := range tree.Names(p) {
		v := boot.Visit{Name: n, Client: p.Client, Server: server, Tokens: attempt(h.Name)}
		if role := tree.Role(v, p); role != boot.RoleAnswer && n.Base != "boot.ipxe" {
			continue
		}
		text, err := content(tree, v, p)
		if err != nil {
			t.Fatal(err)
		}
		got[n.Path()] = strings.TrimSuffix(text, "(no newline)\n")
	}
	return got
}

// TestInstalls: what each installer of the example gets is what it got before, is written in its language, and calls back unless
// the profile says that nothing does.
func TestInstalls(t *testing.T) {
	catalog, tree := installSite(t)
	var out txtar.Archive
	for _, h := range catalog.Hosts() {
		files := answers(t, catalog, tree, h, boot.Endpoint{Scheme: boot.HTTP, Host: netip.MustParseAddr("192.0.2.1"), Port: 80})
		calls := false
		for _, name := range slices.Sorted(mapKeys(files)) {
			calls = calls || strings.Contains(files[name], "http://192.0.2.1/t/"+h.Name+"-done/done")
			if err := wellFormed(name, files[name]); err != nil {
				t.Errorf("%s: %s: %v", h.Name, name, err)
			}
			if name != "boot.ipxe" {
				out.Files = append(out.Files, txtar.File{Name: h.Name + "/" + name, Data: []byte(files[name])})
			}
		}
		if by := catalog.Profile(h.Profile).Install.Success.By; calls != (by == boot.SuccessCallback) {
			t.Errorf("%s calls: %v, success: %v", h.Name, calls, by)
		}
	}
	if *update {
		if err := os.WriteFile(installsGolden, txtar.Format(&out), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(installsGolden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(txtar.Format(&out))); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// wellFormed reads a file in its language, where that is one that can be read here.
func wellFormed(name, text string) error {
	switch path.Ext(name) {
	case ".ign":
		var v struct {
			Systemd struct{ Units []struct{ Contents string } }
		}
		return json.Unmarshal([]byte(text), &v)
	case ".xml":
		d := xml.NewDecoder(strings.NewReader(text))
		for {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				return nil
			} else if err != nil {
				return err
			}
		}
	}
	return nil
}

// called is an HTTP server that notes what it is asked.
type called struct {
	*httptest.Server
	mu    sync.Mutex
	paths []string
	body  string
}

func newCalled(t *testing.T) *called {
	c := &called{}
	c.Server = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		c.mu.Lock()
		defer c.mu.Unlock()
		c.paths, c.body = append(c.paths, r.URL.Path), string(b)
	}))
	t.Cleanup(c.Close)
	return c
}

func (c *called) endpoint() boot.Endpoint {
	a := netip.MustParseAddrPort(c.Listener.Addr().String())
	return boot.Endpoint{Scheme: boot.HTTP, Host: a.Addr(), Port: a.Port()}
}

// TestInstallsCall runs the lines that installers run, with the shell and the programs of this system.
func TestInstallsCall(t *testing.T) {
	for _, program := range []string{"sh", "curl", "wget"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skip("no " + program)
		}
	}
	catalog, tree := installSite(t)
	log := filepath.Join(t.TempDir(), "log")
	if err := os.WriteFile(log, []byte("what went wrong\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ host, file, line, want string }{
		{"deb1", "preseed.cfg", `d-i preseed/late_command string (.*)`, "/t/deb1-done/done"},
		{"fed1", "ks.cfg", `(curl .*done.*)`, "/t/fed1-done/done"},
		{"fed1", "ks.cfg", `(curl .*failed.*)`, "/t/fed1-done/failed"},
		{"ubu1", "seed/user-data", `(curl .*done.*)`, "/t/ubu1-done/done"},
		{"ubu1", "seed/user-data", `(curl .*failed.*)`, "/t/ubu1-done/failed"},
		{"flat1", "live.ign", `ExecStart=-(\S*curl .*?)\\n`, "/t/flat1-done/done"},
		{"flat1", "live.ign", `ExecStart=/usr/bin/sh -c '(.*?)'`, "/t/flat1-done/failed"},
		{"win1", "unattend.xml", `<CommandLine>(curl.exe .*)</CommandLine>`, "/t/win1-done/done"},
	} {
		t.Run(tt.host+tt.want, func(t *testing.T) {
			server := newCalled(t)
			m := regexp.MustCompile(tt.line).FindStringSubmatch(answers(t, catalog, tree, catalog.Host(tt.host), server.endpoint())[tt.file])
			if m == nil {
				t.Fatal("there is no such line")
			}
			line := strings.NewReplacer("@/tmp/anaconda.log", "@"+log, "@/var/log/installer/subiquity-server-debug.log", "@"+log,
				"journalctl -b -u install", "cat "+log, "/usr/bin/curl", "curl", "curl.exe", "curl", "NUL", os.DevNull).Replace(m[1])
			cmd := exec.Command("sh", "-c", line)
			var stderr bytes.Buffer
			cmd.Stderr = &stderr
			if err := cmd.Run(); err != nil {
				t.Fatalf("%s: %v: %s", line, err, &stderr)
			}
			if !slices.Equal(server.paths, []string{tt.want}) {
				t.Errorf("%s: called %v: %s", line, server.paths, &stderr)
			}
			if failed := strings.HasSuffix(tt.want, "failed"); failed != (server.body == "what went wrong\n") {
				t.Errorf("%s: posted %q", line, server.body)
			}
		})
	}
}
