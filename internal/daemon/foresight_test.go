// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"strings"
	"testing"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/secureboot"
)

// TestForesight: a boot that Secure Boot will refuse is told of when it begins, on machines alone that said that it is on.
func TestForesight(t *testing.T) {
	a, _ := assembledAt(t, directory(t, map[string]string{
		"bootlace.yaml": "server: {user: root}\n", "profiles/p.yaml": "kernel: linux\n",
		"hosts/h.yaml": "hosts:\n  - {name: one, match: {mac: '52:54:00:00:00:01'}, profile: p}\n  - {name: two, match: {mac: '52:54:00:00:00:02'}, profile: p}\n" +
			"  - {name: three, match: {mac: '52:54:00:00:00:03'}, profile: p}\n",
	}), stateDir(t))
	for n, says := range map[byte]string{1: "secureboot=01&setupmode=00", 2: "secureboot=00&setupmode=00", 3: ""} {
		a.offered(discover(n, 1))
		from := "10.0.0." + string('0'+rune(n))
		a.memory.See(boot.Client{MAC: mac(n), Addr: addr(from)})
		if says != "" {
			a.call("POST", "/"+under(n, "inventory"), from, says)
		}
		if n == 1 && len(a.foresight.began) == 0 {
			t.Error("nobody looks at the boot in which a machine says that it is on")
		}
		a.offered(discover(n, 2)) // the next boot
	}
	for len(a.foresight.began) > 0 {
		a.foresight.look(<-a.foresight.began)
	}
	for n, want := range map[byte]string{1: "warn: Secure Boot is on, and will refuse what it boots: m/" + mac(1).Dash() + "/snponly.efi: it is not signed; unsigned", 2: "", 3: ""} {
		var told []string
		for _, e := range a.memory.Story(mac(n)) {
			if strings.Contains(e.Text, "Secure Boot is on,") {
				told = append(told, e.Level.String()+": "+strings.ReplaceAll(e.Text, "boots: snponly", "boots: m/"+mac(n).Dash()+"/snponly")+"; "+e.Detail)
			}
		}
		if got := strings.Join(told, "\n"); got != want {
			t.Errorf("machine %d: %q, want %q", n, got, want)
		}
	}
	c, _ := a.memory.Find(mac(1))
	c.Stage = boot.StageBootlace // what runs on it now is no matter
	v := a.judge(a.current.Load().Plan(c), a.memory.Inventoried(mac(1))).SecureBoot
	if v == nil || v.Answer != secureboot.No || v.Code != secureboot.Unsigned {
		t.Errorf("the API says %+v", v)
	}
	c.Archs = []boot.Arch{boot.ArchBIOS}
	if v := a.judge(a.current.Load().Plan(c), nil).SecureBoot; v != nil {
		t.Errorf("of a BIOS: %+v", v)
	}
}

// TestForesightNeverWaits: more boots at once than are looked at are let go.
func TestForesightNeverWaits(t *testing.T) {
	f := &foresight{began: make(chan boot.Plan, 1)}
	uefi := boot.Plan{Client: boot.Client{Archs: []boot.Arch{boot.ArchX64}}}
	for range 3 {
		f.Begins(uefi)
	}
	f.Begins(boot.Plan{})
	if len(f.began) != 1 {
		t.Errorf("%d", len(f.began))
	}
}
