// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bootlace-net/bootlace/boot"
)

// TestInventory: a machine says what it runs on, and that tells who it is only where nothing else does.
func TestInventory(t *testing.T) {
	files := map[string]string{
		"bootlace.yaml":       "server: {user: root}\nunknown: menu\n",
		"profiles/p.yaml":     "kernel: linux\ncmdline: [say=p]\n",
		"profiles/other.yaml": "kernel: linux\ncmdline: [say=other]\n",
		"hosts/h.yaml": "hosts:\n  - {name: one, match: {mac: '52:54:00:00:00:01'}, profile: p}\n" +
			"  - {name: two, match: {serial: CZJ1230ABC}, profile: other}\n",
	}
	a := assembledOf(t, files)
	boots := func(n byte, from string) {
		a.offered(discover(n, 1))
		a.memory.See(boot.Client{MAC: mac(n), Addr: addr(from)})
	}
	says := func(n byte, from, form string) {
		t.Helper()
		if w := a.call("POST", "/"+under(n, "inventory"), from, form); w.Code != 200 || w.Body.String() != "ok\n" {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	}
	gets := func(n byte, from string) string {
		text := a.call("GET", "/"+under(n, "boot.ipxe"), from, "").Body.String()
		if strings.Contains(text, "\nmenu ") {
			return "menu"
		}
		_, rest, _ := strings.Cut(text, "say=")
		return strings.Fields(rest + " nothing")[0]
	}
	const other = "serial=CZJ1230ABC&manufacturer=HPE&product=ProLiant%20DL360&platform=efi&secureboot=01&setupmode=00&asset=R7+8"
	boots(1, "10.0.0.1")
	boots(2, "10.0.0.2")
	boots(3, "10.0.0.3")
	says(1, "10.0.0.1", other) // is named by its MAC
	says(2, "10.0.0.9", other) // from an address that is not its own
	says(3, "10.0.0.3", "serial=To%20Be%20Filled%20By%20O.E.M.")
	for n, want := range map[byte]string{1: "p", 2: "menu", 3: "menu"} {
		if got := gets(n, "10.0.0."+string('0'+rune(n))); got != want {
			t.Errorf("machine %d boots %s, want %s", n, got, want)
		}
	}
	says(2, "10.0.0.2", other)
	if got := gets(2, "10.0.0.2"); got != "other" {
		t.Errorf("a machine that nobody named, and that said which one it is, boots %s", got)
	}
	says(2, "10.0.0.2", "serial=CZJ9999ZZZ")
	if got := gets(2, "10.0.0.2"); got != "other" {
		t.Errorf("it became another one: %s", got)
	}
	var told []string
	for _, e := range a.memory.Story(mac(2)) {
		if e.Kind == boot.EventInventory {
			told = append(told, e.Host+": "+e.Text+"; "+e.Detail)
		}
	}
	want := []string{
		": says that it is HPE ProLiant DL360, serial CZJ1230ABC, asset R7+8, UEFI, Secure Boot on; ",
		"two: says that it is serial CZJ9999ZZZ; ",
	}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	k, _ := a.memory.Look(mac(1))
	if i := k.Inventory; i == nil || i.Product != "ProLiant DL360" || i.Asset != "R7+8" || i.SecureBoot != "on" || i.At.IsZero() {
		t.Errorf("%+v", k.Inventory)
	}
	files["bootlace.yaml"] += "http: {inventory: false}\n"
	off := assembledOf(t, files)
	if w := off.call("POST", "/"+under(1, "inventory"), "10.0.0.1", other); w.Code != 404 {
		t.Errorf("status %d where it is off", w.Code)
	}
	if script := off.byHTTP(under(1, "boot.ipxe")); strings.Contains(script, "inventory") || !strings.Contains(a.byHTTP(under(1, "boot.ipxe")), under(1, "inventory.ipxe")) {
		t.Errorf("the script asks for it where it is off, or does not where it is on:\n%s", script)
	}
}

// TestAnInventoryInstallsNothing: the script that makes a machine say what it is begins no attempt, and is there for all.
func TestAnInventoryInstallsNothing(t *testing.T) {
	a, _ := assembledAt(t, directory(t, toInstall(nil)), stateDir(t))
	a.offered(discover(1, 1))
	if script := a.byHTTP(under(1, "inventory.ipxe")); !strings.Contains(script, "params --name inventory") {
		t.Errorf("%q", script)
	}
	if r, st := a.life(t, "node1"); r.Attempt.Number != 0 {
		t.Errorf("attempt %d, %v", r.Attempt.Number, st.State)
	}
}
