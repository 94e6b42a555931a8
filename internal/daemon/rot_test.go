// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"bytes"
	"io"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/images/vault"
)

// keepDebian puts an image into a vault, and gives the path of its kernel's bytes.
func keepDebian(t *testing.T, v *vault.Vault) (kernel string) {
	t.Helper()
	m := &vault.Manifest{Format: vault.Format, Name: "debian/12", Family: "debian", Version: "12", Arch: "x86_64", Added: time.Now().UTC()}
	content := make(map[vault.Digest]io.Reader)
	for role, b := range map[vault.Role]string{vault.RoleKernel: "the kernel", vault.RoleInitrd: "the initrd"} {
		d, n, _ := vault.DigestOf(strings.NewReader(b))
		m.Files = append(m.Files, vault.File{Role: role, Path: string(role), Digest: d, Size: n, Source: vault.Source{Blob: d}})
		m.Origins = append(m.Origins, vault.Origin{URL: "http://example.org/x", Digest: d, Size: n, Trust: vault.TrustFirstUse, Fetched: m.Added})
		content[d] = bytes.NewReader([]byte(b))
	}
	if err := v.Add(t.Context(), m, content); err != nil {
		t.Fatal(err)
	}
	v.Refresh()
	return v.Path("debian/12/kernel")
}

// toldOfRot lists what was told of rot of a machine, or of the appliance.
func (a *assembled) toldOfRot(about boot.MAC) (told []string) {
	for _, e := range a.memory.Story(about) {
		if e.Kind == boot.EventRot {
			told = append(told, e.Level.String()+": "+e.Text)
		}
	}
	return told
}

func (a *assembled) metrics() string {
	w := httptest.NewRecorder()
	a.recorder.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	return w.Body.String()
}

// TestRot: an image that changes behind our back is told of before a machine asks, once, with what is bad, and when it is whole again; a
// machine that asks has it in its timeline.
func TestRot(t *testing.T) {
	a, _ := assembledAt(t, directory(t, map[string]string{
		"bootlace.yaml": "server: {user: root}\n", "profiles/p.yaml": "kernel: debian/12/kernel\n",
		"hosts/h.yaml": "hosts:\n  - {name: one, match: {mac: '52:54:00:00:00:01'}, profile: p}\n",
	}), t.TempDir())
	kernel := keepDebian(t, a.rot.vault)
	a.rot.look(t.Context())
	if kept, bad := a.rot.Stats(); kept != 1 || bad != 0 || len(a.toldOfRot(boot.MAC{})) > 0 {
		t.Errorf("%d kept, %d bad: %q", kept, bad, a.toldOfRot(boot.MAC{}))
	}
	good, err := os.ReadFile(kernel)
	if err != nil {
		t.Fatal(err)
	}
	change := func(text string) {
		t.Helper()
		if err := os.Chmod(kernel, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(kernel, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	change("the kernel of somebody else")
	for range 3 {
		a.rot.look(t.Context())
	}
	if got := a.toldOfRot(boot.MAC{}); len(got) != 1 || !strings.HasPrefix(got[0], "error: image debian/12 is not what it was") {
		t.Errorf("%q", got)
	}
	if all := a.images(); len(all) != 1 || len(all[0].Rot) != 1 || all[0].Rot[0].Path != "kernel" || all[0].Rot[0].Since.IsZero() || !strings.Contains(all[0].Rot[0].Why, "behind our back") {
		t.Errorf("%+v", all)
	}
	if m := a.metrics(); !strings.Contains(m, "\nbootlace_images 1\n") || !strings.Contains(m, "\nbootlace_images_rotten 1\n") || !strings.Contains(m, "\nbootlace_image_rot_total 1\n") {
		t.Errorf("metrics:\n%s", m)
	}
	if w := a.call("GET", "/"+under(1, "debian/12/kernel"), "10.0.0.1", ""); w.Code == 200 {
		t.Errorf("it is served: %s", w.Body)
	}
	if got := a.toldOfRot(mac(1)); len(got) != 1 || got[0] != "error: is not given debian/12/kernel, which is not what it was" {
		t.Errorf("the machine's timeline: %q", got)
	}
	if len(a.rot.hint) != 1 {
		t.Error("nobody is told to look")
	}
	change(string(good))
	a.rot.look(t.Context())
	if got := a.toldOfRot(boot.MAC{}); len(got) != 2 || got[1] != "info: image debian/12 is whole again, or gone" {
		t.Errorf("%q", got)
	}
	if _, bad := a.rot.Stats(); bad != 0 {
		t.Errorf("%d bad", bad)
	}
	if w := a.call("GET", "/"+under(1, "debian/12/kernel"), "10.0.0.1", ""); w.Code != 200 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	a.rot.vault.Refresh() // so that what is listed is older than what comes
	if _, err := vault.Open(a.rot.vault.Dir()).Remove(t.Context(), "debian/12"); err != nil {
		t.Fatal(err)
	}
	a.rot.look(t.Context())
	if _, bad := a.rot.Stats(); bad != 0 || len(a.toldOfRot(boot.MAC{})) != 2 {
		t.Errorf("what was removed is told of as rot: %q", a.toldOfRot(boot.MAC{}))
	}
}
