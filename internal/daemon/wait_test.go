// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/api"
)

// whereTheyWait is a configuration in which unknown machines wait, and a known one has a file with a secret.
func whereTheyWait(t *testing.T, more map[string]string) map[string]string {
	secrets := directory(t, map[string]string{"root": "swordfish"})
	files := map[string]string{
		"bootlace.yaml":       fmt.Sprintf("server: {user: root, secrets: %q}\nunknown: wait\n", secrets),
		"profiles/plain.yaml": "kernel: linux\ncmdline: [say=plain]\nfiles: {seed: {content: '{{ secret \"root\" }}'}}\n",
		"hosts/h.yaml":        "hosts:\n  - {name: one, match: {mac: '52:54:00:00:00:01'}, profile: plain}\n",
	}
	for name, text := range more {
		files[name] = text
	}
	return files
}

// code is that on a machine's screen; "" if it shows none.
func code(text string) string {
	m := regexp.MustCompile(`Its code is ([0-9A-Z]{5})\b`).FindStringSubmatch(text)
	if m == nil {
		return ""
	}
	return m[1]
}

// TestWaiting: a machine that nobody knows is answered, shows one code whatever its loader, is listed under it, keeps it over a
// restart, and gets nothing else.
func TestWaiting(t *testing.T) {
	dir, state := directory(t, whereTheyWait(t, nil)), stateDir(t)
	a, stop := assembledAt(t, dir, state)
	if got := a.offered(discover(9, 1)); got != "m/52-54-00-00-00-09/snponly.efi" {
		t.Fatalf("offered %q", got)
	}
	shown := code(a.byHTTP(under(9, "boot.ipxe")))
	if shown == "" {
		t.Fatal("no code")
	}
	for what, text := range map[string]string{
		"again": a.byHTTP(under(9, "boot.ipxe")), "TFTP": a.byTFTP(t, under(9, "boot.ipxe"), "10.0.0.9"),
		"PXELINUX": a.byTFTP(t, under(9, "pxelinux.cfg/default"), "10.0.0.9"), "GRUB": a.byHTTP(under(9, "grub/grub.cfg")),
	} {
		if code(text) != shown {
			t.Errorf("%s: %q, want %s", what, code(text), shown)
		}
	}
	if other := code(a.byHTTP(under(8, "boot.ipxe"))); other == shown || other == "" {
		t.Errorf("another machine has %q", other)
	}
	for _, name := range []string{"seed", "p/plain/seed", "t/x/file/seed", "entry/e1.ipxe"} {
		if text := a.byHTTP(under(9, name)); text != "" {
			t.Errorf("%s: %q", name, text)
		}
	}
	if a.byHTTP(under(1, "seed")) != "swordfish" || code(a.byHTTP(under(1, "boot.ipxe"))) != "" {
		t.Error("the known machine waits")
	}
	listed(t, a, shown, 9)
	stop()
	a, _ = assembledAt(t, dir, state)
	listed(t, a, shown, 9)
	if again := code(a.byHTTP(under(9, "boot.ipxe"))); again != shown {
		t.Errorf("after a restart %s, was %s", again, shown)
	}
}

// listed looks for a machine that waits.
func listed(t *testing.T, a *assembled, code string, n byte) {
	t.Helper()
	all := a.waiters(t)
	for _, w := range all {
		if w.Code == code && w.Machine.State == api.Waiting && strings.Join(w.Machine.MACs, "") == mac(n).String() {
			return
		}
	}
	t.Fatalf("%s is not in %+v", code, all)
}

// TestWaitingIsNoLoop: a machine that is switched on again and again while it waits is not sent to its disk.
func TestWaitingIsNoLoop(t *testing.T) {
	a := assembledOf(t, whereTheyWait(t, map[string]string{"bootlace.yaml": "server: {user: root}\nunknown: wait\nloop: {returns: 2, then: ignore}\n"}))
	for i := range 12 { // with all that it fetches told only once
		if a.offered(discover(9, uint32(i))) == "" {
			t.Fatalf("boot %d gets no answer", i)
		}
		a.byHTTP(under(9, "boot.ipxe"))
	}
	files := 0
	for _, e := range a.memory.Story(mac(9)) {
		if e.Kind == boot.EventFile {
			files++
		}
	}
	if files != 1 {
		t.Errorf("%d files are told of", files)
	}
}

// TestWaitingEndsWithTheConfiguration: whoever is written into it boots, and is listed no more.
func TestWaitingEndsWithTheConfiguration(t *testing.T) {
	dir := directory(t, whereTheyWait(t, nil))
	a, _ := assembledAt(t, dir, stateDir(t))
	shown := code(a.byHTTP(under(9, "boot.ipxe")))
	rewrite(t, dir, "hosts/h.yaml", "hosts:\n  - {name: nine, match: {mac: '52:54:00:00:00:09'}, profile: plain}\n")
	a.reload()
	if text := a.byHTTP(under(9, "boot.ipxe")); !strings.Contains(text, "say=plain") {
		t.Errorf("it gets %s", text)
	}
	if all := a.waiters(t); len(all) != 0 {
		t.Errorf("%s is still listed: %+v", shown, all)
	}
	if a.waits.Code(mac(9)) != "" {
		t.Error("its code is kept")
	}
}

// waiters lists who waits.
func (a *assembled) waiters(t *testing.T) []api.Waiter {
	t.Helper()
	c, err := api.Dial("http://"+a.answers(t), api.Login{})
	if err != nil {
		t.Fatal(err)
	}
	all, err := c.Waiting(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return all.Waiting
}

// answers serves the API until the test ends, and gives its address.
func (a *assembled) answers(t *testing.T) string {
	t.Helper()
	s := httptest.NewServer(a.apiServer(&a.site.Settings).Handler(api.BySocket(nil)))
	t.Cleanup(s.Close)
	return strings.TrimPrefix(s.URL, "http://")
}

func rewrite(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
