// SPDX-License-Identifier: Apache-2.0

package screen

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/api"
	"github.com/bootlace-net/bootlace/internal/secureboot"
	appliance "github.com/bootlace-net/bootlace/internal/site"
)

// rendered is a file of node7 that holds no secret, beside one that does.
const rendered = "pxelinux.cfg/default"

// configured gives the appliance a configuration of files beside the hosts that it has: node7, with a file that holds a secret.
func (s *site) configured(t testing.TB) {
	t.Helper()
	dir := t.TempDir()
	hosts := "hosts:\n  - {name: node7, match: {mac: '52:54:00:00:00:07'}, profile: web}\n  - {name: node1, match: {mac: '52:54:00:00:00:01'}, profile: debian}\n  - {name: node2, match: {mac: '52:54:00:00:00:02'}, profile: debian}\n"
	for name, text := range map[string]string{
		"bootlace.yaml":        "server: {state: " + dir + "/state, secrets: " + dir + "/secrets}\nunknown: wait\n",
		"secrets/root":         "opensesame",
		"hosts/a.yaml":         hosts,
		"hosts/g.yaml":         "groups:\n  - {name: lab, match: {labels: {rack: x}}, profile: web}\n",
		"profiles/web.yaml":    "title: A web server\nkernel: linux\nfiles:\n  answer.cfg: {content: 'password {{ secret \"root\" }}'}\n",
		"profiles/debian.yaml": "kernel: missing/linux\ninitrd: [missing/initrd.gz]\n",
		"state/images/linux":   "MZ",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	found, problems, err := appliance.Open(dir, appliance.Overrides{})
	if found == nil || err != nil {
		t.Fatal(problems, err)
	}
	s.findings = append(problems, boot.Problem{Pos: boot.Pos{File: "hosts/a.yaml", Line: 2, Column: 5}, What: "two hosts have this address", Expected: "one"})
	s.images = []api.Image{{Name: "debian/12", Title: "Debian 12", Arch: "x86_64", Size: 48e6, Trust: "openpgp", Added: time.Now(), UsedBy: []string{"profile debian (profiles/debian.yaml:1:1)"},
		Starts: []api.ImageFile{{Path: "linux", Role: "kernel", Size: 8e6, Digest: "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"}}, SecureBoot: &secureboot.Verdict{Answer: secureboot.Yes, Why: "its shim starts its kernel"}},
		{Name: "rescue/1", Arch: "any", Size: 9e8, Trust: "digest", Added: time.Now(), Rot: []api.Rot{{Path: "rescue/1/linux", Why: "it has another digest", Since: time.Now()}}}}
	s.api.Catalog = func() *boot.Catalog { return found.Catalog }
	s.api.Site = func() *appliance.Site { return found }
}

// TestBooks: profiles with who uses them, images with what is wrong with them, and findings with where they are.
func TestBooks(t *testing.T) {
	s := quietSite(t)
	s.configured(t)
	status, page := s.user(t, "read").get("/books")
	for _, want := range []string{"<code>hosts/a.yaml:2:5</code>", "two hosts have this address", "a mistake", "<b>web</b>", "A web server", "lab", "debian/12", "48.0 MB", "openpgp", "rescue/1/linux", "it has another digest", "profile debian (profiles/debian.yaml:1:1)", "sha256:0123", "its shim starts its kernel", "/?by=profile&amp;q=debian\">2</a>"} {
		if !strings.Contains(page, want) {
			t.Errorf("%d: the page does not say %q", status, want)
		}
	}
	s.with(func() { s.findings, s.images = nil, nil })
	if _, page = s.user(t, "read").get("/books"); !strings.Contains(page, "Nothing is wrong or doubtful.") || !strings.Contains(page, "None was pulled or imported") {
		t.Errorf("nothing to tell: %s", page)
	}
}

// TestFiles: what is made for a machine can be read, and what holds a secret by administrators alone.
func TestFiles(t *testing.T) {
	s := quietSite(t)
	s.configured(t)
	operator, admin := s.user(t, "operate"), s.user(t, "admin")
	_, page := operator.get("/m/node7")
	for _, want := range []string{"What it will fetch", "How its firmware is answered", "Files that are made for it", filePath("host/node7", rendered), "holds a secret: for administrators"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if status, page := operator.get(filePath("host/node7", rendered)); status != http.StatusOK || !strings.Contains(page, "LABEL") {
		t.Errorf("%d %s", status, page)
	}
	secret := filePath("host/node7", "answer.cfg")
	if status, page := operator.get(secret); status != http.StatusForbidden || strings.Contains(page, "opensesame") {
		t.Errorf("an operator reads a secret: %d %s", status, page)
	}
	if status, page := admin.get(secret); status != http.StatusOK || !strings.Contains(page, "password opensesame") {
		t.Errorf("an administrator: %d %s", status, page)
	}
	if status, _ := admin.get(filePath("host/node7", "../../../secrets/root")); status == http.StatusOK {
		t.Error("a file that is not made for it is shown")
	}
	if _, page := operator.get("/m/node1"); !strings.Contains(page, "missing/linux") || !strings.Contains(page, "wrong: ") {
		t.Errorf("a kernel that is not there is not told: %s", page)
	}
}

// TestCharts: paths stay in their pictures, an empty day is a flat one, and what is too old or of the future is left out.
func TestCharts(t *testing.T) {
	now := time.Date(2026, 1, 2, 12, 30, 30, 0, time.UTC)
	c := drawChart(nil, time.Minute, 60, now)
	if c.Files != "" || c.Failed != "" || c.Bytes != 0 || strings.Contains(c.All, "NaN") || !strings.HasPrefix(c.All, "M0 100V100H") {
		t.Errorf("%+v", c)
	}
	at := func(minutes int) time.Time {
		return now.Truncate(time.Minute).Add(time.Duration(minutes) * time.Minute)
	}
	c = drawChart([]api.Minute{{At: at(-61), TFTP: 9e9}, {At: at(-2), TFTP: 300, HTTP: 300, Files: 4, Failed: 1, Retransmits: 7}, {At: at(-1), HTTP: 120, Files: 2}, {At: at(1), TFTP: 9e9}}, time.Minute, 3, now)
	if c.Top != 10 || c.Last != 2 || c.Ended != 6 || c.Broken != 1 || c.Again != 7 || c.Bytes != 720 || c.All != "M0 100V0H333.33V80H666.67V100H1000V100Z" || !strings.HasPrefix(c.HTTP, "M0 100V50H") {
		t.Errorf("%+v", c)
	}
	if day := drawChart([]api.Minute{{At: at(-2), HTTP: 600}, {At: at(-29), HTTP: 600}}, 10*time.Minute, 144, now); day.Bytes != 1200 || day.Top != 1 {
		t.Errorf("%+v", day)
	}
}
