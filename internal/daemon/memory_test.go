// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"strings"
	"testing"

	"github.com/bootlace-net/bootlace/boot"
)

// Memory devices as SMBIOS has them: 512 MiB and 4 GiB.
const (
	halfGiB = "dimms=0002,,"
	fourGiB = "dimms=0010,,"
)

// needing is toInstall with an installer and a live system that need 2 GiB.
func needing(more map[string]string) map[string]string {
	files := toInstall(nil)
	files["profiles/install.yaml"] += "least_memory_mib: 2048\n"
	files["profiles/plain.yaml"] += "least_memory_mib: 2048\n"
	for name, text := range more {
		files[name] = text
	}
	return files
}

// told lists the notices about a machine's memory.
func (a *assembled) toldOfMemory(n byte) string {
	var all []string
	for _, e := range a.memory.Story(mac(n)) {
		if e.Kind == boot.EventNotice && strings.Contains(e.Text, "memory") {
			all = append(all, e.Level.String()+": "+e.Text)
		}
	}
	return strings.Join(all, "\n")
}

// TestTooLittleMemoryIsNotInstalled: a machine is asked before its attempt begins; with too little it gets no kernel and begins none, and
// with more at its next boot it installs.
func TestTooLittleMemoryIsNotInstalled(t *testing.T) {
	a, _ := assembledAt(t, directory(t, needing(nil)), stateDir(t))
	const from = "10.0.0.1"
	gets := func(name string) string { return a.call("GET", "/"+under(1, name), from, "").Body.String() }
	a.offered(discover(1, 1))
	a.memory.See(boot.Client{MAC: mac(1), Addr: addr(from)})
	if s := gets("boot.ipxe"); !strings.Contains(s, "/inventory.ipxe") || !strings.Contains(s, "/asked/boot.ipxe") || strings.Contains(s, "linux") {
		t.Errorf("it is not asked first:\n%s", s)
	}
	if r, _ := a.life(t, "node1"); r.Attempt.Number != 0 {
		t.Errorf("asking began attempt %d", r.Attempt.Number)
	}
	a.call("POST", "/"+under(1, "inventory"), from, halfGiB)
	if s := gets("asked/boot.ipxe"); !strings.Contains(s, "it needs 2048 MiB of memory, and this machine reports 512 MiB") || !strings.Contains(s, "NOT installed") || strings.Contains(s, "kernel ") {
		t.Errorf("it is not told:\n%s", s)
	}
	for _, name := range []string{"linux", "initrd", "seed"} {
		if w := a.call("GET", "/"+under(1, name), from, ""); w.Code == 200 {
			t.Errorf("it gets %s: %s", name, w.Body)
		}
	}
	if s := a.byTFTP(t, under(1, "grub/grub.cfg"), from); !strings.Contains(s, "NOT installed") || strings.Contains(s, "linux /") {
		t.Errorf("GRUB is not told:\n%s", s)
	}
	if r, st := a.life(t, "node1"); r.Attempt.Number != 0 {
		t.Errorf("attempt %d, %v", r.Attempt.Number, st.State)
	}
	const want = "warn: is not installed: it needs 2048 MiB of memory, and this machine reports 512 MiB"
	if got := a.toldOfMemory(1); got != want {
		t.Errorf("told %q, want %q", got, want)
	}
	if s := gets("boot.ipxe"); !strings.Contains(s, "/asked/boot.ipxe") {
		t.Errorf("it is not asked again:\n%s", s)
	}
	a.call("POST", "/"+under(1, "inventory"), from, fourGiB) // somebody plugged more in
	if s := gets("asked/boot.ipxe"); !strings.Contains(s, "say=install") || strings.Contains(s, "memory") {
		t.Errorf("it does not install:\n%s", s)
	}
	if r, st := a.life(t, "node1"); r.Attempt.Number != 1 {
		t.Errorf("attempt %d, %v", r.Attempt.Number, st.State)
	}
}

// TestUnknownMemoryBlocksNothing: what nobody told, or somebody else told, is not known.
func TestUnknownMemoryBlocksNothing(t *testing.T) {
	a, _ := assembledAt(t, directory(t, needing(nil)), stateDir(t))
	a.offered(discover(1, 1))
	a.memory.See(boot.Client{MAC: mac(1), Addr: addr("10.0.0.1")})
	a.call("POST", "/"+under(1, "inventory"), "10.0.0.66", halfGiB) // to keep it from being installed
	if s := a.call("GET", "/"+under(1, "asked/boot.ipxe"), "10.0.0.1", "").Body.String(); !strings.Contains(s, "how much this machine has is not known") || !strings.Contains(s, "say=install") {
		t.Errorf("%s", s)
	}
	if got, want := a.toldOfMemory(1), "info: boots all the same: it needs 2048 MiB of memory, and how much this machine has is not known"; got != want {
		t.Errorf("told %q, want %q", got, want)
	}
}

// TestTooLittleMemoryIsWarnedOf: what does not install is started all the same, and so is everything where that is wanted.
func TestTooLittleMemoryIsWarnedOf(t *testing.T) {
	for host, tt := range map[string]struct {
		n    byte
		yaml string
		says string
	}{
		"plain": {0x99, "", "say=plain"},
		"node1": {1, "memory: {check: warn, pause: 3s}\n", "say=install"},
	} {
		a, _ := assembledAt(t, directory(t, needing(map[string]string{"bootlace.yaml": "server: {user: root}\n" + tt.yaml})), stateDir(t))
		a.offered(discover(tt.n, 1))
		a.memory.See(boot.Client{MAC: mac(tt.n), Addr: addr("10.0.0.1")})
		a.call("POST", "/"+under(tt.n, "inventory"), "10.0.0.1", halfGiB)
		if s := a.call("GET", "/"+under(tt.n, "asked/boot.ipxe"), "10.0.0.1", "").Body.String(); !strings.Contains(s, "will most likely fail") || !strings.Contains(s, tt.says) {
			t.Errorf("%s:\n%s", host, s)
		}
		if got := a.toldOfMemory(tt.n); !strings.HasPrefix(got, "warn: will most likely fail: it needs 2048 MiB") {
			t.Errorf("%s: told %q", host, got)
		}
		c, _ := a.memory.Find(mac(tt.n))
		if v := a.judge(a.current.Load().Plan(c), a.memory.Inventoried(c.Key())).Memory; v == nil || v.Answer != boot.MemoryLittle || v.Then != boot.MemoryThenWarned || v.Has != 512<<20 {
			t.Errorf("%s: the API says %+v", host, v)
		}
	}
}
