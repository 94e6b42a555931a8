// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/configs"
	"github.com/bootlace-net/bootlace/internal/dhcp4"
	"github.com/bootlace-net/bootlace/internal/machines/boltstore"
	"github.com/bootlace-net/bootlace/internal/machines/life"
	"github.com/bootlace-net/bootlace/internal/machines/lives"
	"github.com/bootlace-net/bootlace/internal/recorder"
	"github.com/bootlace-net/bootlace/internal/site"
	"github.com/bootlace-net/bootlace/tftpd"
)

// toInstall is a configuration of machines that install, by each loader's way, and of one that does not.
func toInstall(more map[string]string) map[string]string {
	files := map[string]string{
		"bootlace.yaml": "server: {user: root}\n",
		"profiles/install.yaml": "kernel: linux\ninitrd: [initrd]\ncmdline: [say=install]\ninstall: true\n" +
			"files:\n  seed: {content: 'say=install {{ done_url }} {{ failed_url }} {{ log_url }} {{ file_url \"seed\" }}'}\n",
		"profiles/rescue.yaml": "kernel: linux\ncmdline: [say=rescue]\n",
		"profiles/plain.yaml":  "kernel: linux\ncmdline: [say=plain]\n",
	}
	hosts := "hosts:\n"
	for i := range 20 {
		hosts += fmt.Sprintf("  - {name: node%d, match: {mac: '52:54:00:00:00:%02x'}, profile: install}\n", i, i)
	}
	hosts += "  - {name: pi, match: {mac: 'dc:a6:32:00:00:01'}, profile: install}\n  - {name: plain, match: {mac: '52:54:00:00:00:99'}, profile: plain}\n"
	files["hosts/h.yaml"] = hosts
	for name, text := range more {
		files[name] = text
	}
	return files
}

// stateDir has the images of the profiles.
func stateDir(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"linux", "initrd"} {
		path := filepath.Join(dir, "images", name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(name), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func discover(n byte, xid uint32) dhcp4.Ask {
	return dhcp4.Ask{Type: dhcp4.Discover, XID: xid, MAC: mac(n), Class: boot.ClassPXE, Arch: boot.ArchX64}
}

// under gives a name in the tree of a machine.
func under(n byte, name string) string { return "m/" + mac(n).Dash() + "/" + name }

// ways are the ways of all loaders to what tells them what to start.
func (a *assembled) ways(t *testing.T) map[string]func(n byte) string {
	return map[string]func(n byte) string{
		"TFTP, iPXE":           func(n byte) string { return a.byTFTP(t, under(n, "boot.ipxe"), "10.0.0.99") },
		"TFTP, autoexec":       func(n byte) string { return a.byTFTP(t, under(n, "autoexec.ipxe"), "10.0.0.99") },
		"TFTP, PXELINUX":       func(n byte) string { return a.byTFTP(t, "pxelinux.cfg/01-"+mac(n).Dash(), "10.0.0.99") },
		"TFTP, GRUB":           func(n byte) string { return a.byTFTP(t, under(n, "grub/grub.cfg"), "10.0.0.99") },
		"TFTP, extlinux":       func(n byte) string { return a.byTFTP(t, under(n, "extlinux/extlinux.conf"), "10.0.0.99") },
		"HTTP, iPXE":           func(n byte) string { return a.byHTTP(under(n, "boot.ipxe")) },
		"HTTP, GRUB":           func(n byte) string { return a.byHTTP(under(n, "grub/grub.cfg")) },
		"HTTP, an answer file": func(n byte) string { return a.byHTTP(under(n, "seed")) },
		"TFTP, the kernel":     func(n byte) string { return a.byTFTP(t, under(n, "linux"), "10.0.0.99") },
		"HTTP, the initrd":     func(n byte) string { return a.byHTTP(under(n, "initrd")) },
	}
}

// installs reports whether a text is of the installation.
func installs(text string) bool {
	return strings.Contains(text, "say=install") || text == "linux" || text == "initrd"
}

func (a *assembled) life(t *testing.T, host string) (life.Record, life.Status) {
	t.Helper()
	p := a.current.Load().Plan(boot.Client{MAC: a.current.Load().Catalog.Host(host).Match.MACs[0]})
	r, st, err := a.lives.Life(lives.Of(p))
	if err != nil {
		t.Fatal(err)
	}
	return r, st
}

func (a *assembled) order(t *testing.T, host string, o life.Order) {
	t.Helper()
	p := a.current.Load().Plan(boot.Client{MAC: a.current.Load().Catalog.Host(host).Match.MACs[0]})
	if o, err := (orders{a.lives}).Order(t.Context(), p, o); err != nil || o.Refused {
		t.Fatalf("%+v, %v", o, err)
	}
}

// stored gives a life as the disk has it.
func stored(t *testing.T, state, key string) life.Record {
	t.Helper()
	db, err := boltstore.Open(filepath.Join(state, boltstore.File))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	value, _, err := db.Load(key)
	if err != nil {
		t.Fatal(err)
	}
	r, err := life.Decode(value)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestOneGateForAllWays: whatever way a machine's loader goes, what it gets is decided by the one life that it has: I1, I2 and I4.
func TestOneGateForAllWays(t *testing.T) {
	dir, state := directory(t, toInstall(nil)), stateDir(t)
	a, stop := assembledAt(t, dir, state)
	n := byte(0)
	for what, ask := range a.ways(t) {
		if a.offered(discover(n, 1)) == "" {
			t.Errorf("%s: DHCP is silent before", what)
		}
		if got := ask(n); !installs(got) {
			t.Errorf("%s: does not install: %q", what, got)
		}
		if r, _ := a.life(t, fmt.Sprint("node", n)); r.Attempt.Number != 1 {
			t.Errorf("%s: counted as %+v", what, r.Attempt)
		}
		a.order(t, fmt.Sprint("node", n), life.Order{Verb: life.OrderDone})
		n++
	}
	stop()
	a, _ = assembledAt(t, dir, state) // a restart makes no difference
	for n := range n {
		for what, ask := range a.ways(t) {
			if got := ask(n); installs(got) {
				t.Errorf("%s installs a machine that is done: %q", what, got)
			}
		}
		if ans := a.dhcp.Respond(discover(n, 2).Bytes(), a.arrival(), nil); ans.Verdict.String() != "local" {
			t.Errorf("DHCP for a machine that is done: %v %s", ans.Verdict, ans.File)
		}
	}
	if got := a.byTFTP(t, under(0x99, "boot.ipxe"), "10.0.0.99"); !strings.Contains(got, "say=plain") {
		t.Errorf("a machine that installs nothing: %q", got)
	}
	pi := boot.MAC{0xdc, 0xa6, 0x32, 0, 0, 1}
	a.memory.See(boot.Client{MAC: pi, Addr: addr("10.0.0.3"), Archs: []boot.Arch{boot.ArchRPi}})
	if got := a.byTFTP(t, "cmdline.txt", "10.0.0.3"); !installs(got) {
		t.Errorf("a Raspberry Pi: %q", got)
	}
	a.order(t, "pi", life.Order{Verb: life.OrderDone})
	if got := a.byTFTP(t, "cmdline.txt", "10.0.0.3"); installs(got) {
		t.Errorf("a Raspberry Pi that is done: %q", got)
	}
}

// TestAttemptsAreBounded: over restarts of the machine and of the appliance, three installs and no more; then its disk.
func TestAttemptsAreBounded(t *testing.T) {
	dir, state := directory(t, toInstall(nil)), stateDir(t)
	served := 0
	for run := range 3 {
		a, stop := assembledAt(t, dir, state)
		for i := range 3 {
			a.offered(discover(1, uint32(run*10+i+1)))
			if installs(a.byHTTP(under(1, "boot.ipxe"))) {
				served++
				a.byHTTP(under(1, "linux"))
				a.byHTTP(under(1, "initrd"))
			}
		}
		stop()
		if r := stored(t, state, "host/node1"); r.Attempt.Number != served {
			t.Errorf("run %d: %d installs are stored as %+v", run, served, r.Attempt)
		}
	}
	if served != 3 {
		t.Errorf("%d installs", served)
	}
}

// TestEvidence comes from what machines fetch and ask, with no word to the log.
func TestEvidence(t *testing.T) {
	a, _ := assembledAt(t, directory(t, toInstall(map[string]string{
		"profiles/closed.yaml": "kernel: linux\ncmdline: [say=install]\ninstall: {success: os-dhcp}\n",
		"profiles/fetch.yaml":  "kernel: linux\ncmdline: [say=install]\ninstall: {success: {fetch: done.txt}}\nfiles: {done.txt: {content: bye}}\n",
		"profiles/away.yaml":   "kernel: http://mirror/linux\ncmdline: [say=install]\ninstall: {success: os-dhcp}\n",
		"hosts/more.yaml": "hosts:\n  - {name: closed, match: {mac: '52:54:00:00:00:41'}, profile: closed}\n" +
			"  - {name: fetch, match: {mac: '52:54:00:00:00:42'}, profile: fetch}\n  - {name: away, match: {mac: '52:54:00:00:00:43'}, profile: away}\n",
	})), stateDir(t))
	seen := func(host string, want ...life.Evidence) {
		t.Helper()
		eventually(t, fmt.Sprintf("%s has shown %v", host, want), func() bool {
			r, _ := a.life(t, host)
			var got []life.Evidence
			for _, s := range r.Attempt.Seen {
				got = append(got, s.What)
			}
			return slices.Equal(got, want)
		})
	}
	a.offered(discover(1, 1))
	a.byHTTP(under(1, "boot.ipxe"))
	seen("node1", life.EvidenceScript)
	a.transfer(t, under(1, "linux"), "10.0.0.1", tftpd.Aborted)
	seen("node1", life.EvidenceScript)
	a.transfer(t, under(1, "linux"), "10.0.0.1", tftpd.Complete)
	a.byHTTP(under(1, "initrd"))
	a.byHTTP(under(1, "seed"))
	seen("node1", life.EvidenceScript, life.EvidenceKernel, life.EvidenceInitrd, life.EvidenceAnswer)

	a.overheard(boot.Event{Kind: boot.EventLog, Client: a.current.Load().Plan(boot.Client{MAC: mac(1)}).Client, Log: &boot.LogLine{Form: "ipxe"}})
	seen("node1", life.EvidenceScript, life.EvidenceKernel, life.EvidenceInitrd, life.EvidenceAnswer)
	a.overheard(boot.Event{Kind: boot.EventLog, Client: a.current.Load().Plan(boot.Client{MAC: mac(1)}).Client, Log: &boot.LogLine{Form: "rfc3164"}})
	seen("node1", life.EvidenceScript, life.EvidenceKernel, life.EvidenceInitrd, life.EvidenceAnswer, life.EvidenceLog)

	a.offered(discover(0x42, 1))
	a.byHTTP(under(0x42, "boot.ipxe"))
	a.byHTTP(under(0x42, "linux"))
	if got := a.byHTTP(under(0x42, "done.txt")); got != "bye" {
		t.Errorf("the file that shows success: %q", got)
	}
	eventually(t, "done by a file", func() bool { r, _ := a.life(t, "fetch"); return r.Done.How == "fetch" })

	for i, host := range []string{"closed", "away"} {
		n := byte(0x41 + 2*i)
		a.offered(discover(n, 1))
		a.byHTTP(under(n, "boot.ipxe"))
		a.byHTTP(under(n, "linux"))
		a.system(n) // the installer's own
		eventually(t, "the installer's system", func() bool { r, _ := a.life(t, host); return r.Attempt.Strongest() == life.EvidenceSystem })
		if _, st := a.life(t, host); st.State == life.StateDone {
			t.Errorf("%s: done by the installer's own system", host)
		}
		a.offered(discover(n, 2))
		if got := a.byHTTP(under(n, "boot.ipxe")); installs(got) {
			t.Errorf("%s: installs again instead of trying its disk", host)
		}
		a.system(n)
		eventually(t, host+" done by its system", func() bool { r, _ := a.life(t, host); return r.Done.How == "os-dhcp" })
	}
}

// system is an operating system that asks for an address.
func (a *assembled) system(n byte) {
	m := mac(n)
	b := make([]byte, 240)
	b[0], b[1], b[2] = 1, 1, 6
	copy(b[28:], m[:])
	copy(b[236:], []byte{99, 130, 83, 99})
	ans := a.dhcp.Respond(append(b, 53, 1, 1, 255), a.arrival(), nil)
	e := boot.Event{Kind: boot.EventDHCP, Client: ans.Client, Exchange: &boot.Exchange{Verdict: ans.Verdict.String(), System: ans.System}}
	a.dhcp.Events(e)
}

func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !is(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("never: ", what)
		}
	}
}

// call asks an address of the HTTP port.
func (a *assembled) call(method, url, from, body string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	here := context.WithValue(context.Background(), http.LocalAddrContextKey, &net.TCPAddr{IP: ourAddr.AsSlice(), Port: 8080})
	r := httptest.NewRequestWithContext(here, method, url, strings.NewReader(body))
	r.RemoteAddr = from + ":1234"
	a.http.Handler().ServeHTTP(w, r)
	return w
}

// TestReports: the addresses in a machine's files end its attempt, once, and only for it; tokens show nowhere.
func TestReports(t *testing.T) {
	dir, state := directory(t, toInstall(nil)), stateDir(t)
	a, stop := assembledAt(t, dir, state)
	script := func(n byte) []string {
		t.Helper()
		a.offered(discover(n, uint32(time.Now().UnixNano())))
		a.call("GET", "http://127.0.0.1/"+under(n, "boot.ipxe"), "10.0.0.1", "")
		seed := a.call("GET", "http://127.0.0.1/"+under(n, "seed"), "10.0.0.1", "")
		if seed.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("a file with tokens in it: %v", seed.Header())
		}
		urls := regexp.MustCompile(`http://\S+`).FindAllString(seed.Body.String(), -1)
		if len(urls) != 4 {
			t.Fatalf("%q", seed.Body)
		}
		return urls
	}
	one := script(1)
	done, failed, log, file := one[0], one[1], one[2], one[3]
	expect := func(what string, w *httptest.ResponseRecorder, code int, body string) {
		t.Helper()
		if w.Code != code || !strings.Contains(w.Body.String(), body) || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %q %v, want %d %q", what, w.Code, w.Body, w.Header(), code, body)
		}
	}
	expect("a line of the log", a.call("POST", log, "10.0.0.1", "first\npartitioning \x1b[31m "+done+"\n"), 200, "noted")
	expect("a file by its token", a.call("GET", file, "10.0.0.1", ""), 200, "say=install")
	expect("the same from elsewhere", a.call("GET", file, "10.0.0.2", ""), 404, "")
	expect("failed", a.call("POST", failed, "10.0.0.1", strings.Repeat("a line\n", 5000)+"before\nno disk\n\n"), 200, "failed")
	expect("done, from elsewhere", a.call("GET", done, "10.0.0.2", ""), 404, "")
	expect("somebody looks", a.call("HEAD", done, "10.0.0.1", ""), 200, "")
	expect("a wrong method", a.call("DELETE", done, "10.0.0.1", ""), 405, "")
	if r, _ := a.life(t, "node1"); r.Attempt.Ending != life.Failed || r.Attempt.Why != "no disk" || r.Done.How != "" {
		t.Errorf("%+v", r)
	}
	again := script(1)
	expect("a report of the attempt before", a.call("GET", done, "10.0.0.1", ""), 404, "")
	expect("done", a.call("GET", again[0], "10.0.0.1", ""), 200, "done")
	expect("done again", a.call("POST", again[0], "10.0.0.1", ""), 200, "already")
	expect("too late", a.call("POST", again[1], "10.0.0.1", "oh no"), 409, "too late")
	expect("a file of what is over", a.call("GET", again[3], "10.0.0.1", ""), 404, "")
	for range 30 {
		a.call("GET", strings.Replace(again[0], "/t/", "/t/00", 1), "10.0.0.66", "")
	}
	expect("guesses", a.call("GET", strings.Replace(again[0], "/t/", "/t/00", 1), "10.0.0.66", ""), 429, "")
	expect("the machine itself", a.call("GET", again[0], "10.0.0.1", ""), 200, "already")
	a.api.Memory = a.memory
	story, _ := json.Marshal(a.memory.Story(mac(1)))
	if !bytes.Contains(story, []byte("partitioning")) || bytes.Contains(story, []byte("\x1b")) || !bytes.Contains(story, []byte("/t/…/")) {
		t.Errorf("the story: %s", story)
	}
	stop()
	kept, err := os.ReadFile(filepath.Join(state, boltstore.File))
	if err != nil {
		t.Fatal(err)
	}
	for _, url := range append(one, again...) {
		token := strings.Split(url, "/")[4]
		if bytes.Contains(story, []byte(token)) || bytes.Contains(kept, []byte(token)) {
			t.Errorf("token %s is in the story, or on the disk", token)
		}
	}
	a, _ = assembledAt(t, dir, state)
	expect("done again, after a restart", a.call("GET", again[0], "10.0.0.1", ""), 200, "already")
}

// TestNext: another profile for one boot, which an order gives and the next boot takes back.
func TestNext(t *testing.T) {
	a, _ := assembledAt(t, directory(t, toInstall(nil)), stateDir(t))
	for _, n := range []byte{1, 0x99} { // one that installs, and one that does not
		host := map[byte]string{1: "node1", 0x99: "plain"}[n]
		a.order(t, host, life.Order{Verb: life.OrderNext, Profile: "rescue"})
		a.offered(discover(n, 1))
		for range 2 {
			if got := a.byHTTP(under(n, "boot.ipxe")); !strings.Contains(got, "say=rescue") {
				t.Errorf("%s: %q", host, got)
			}
		}
		a.byHTTP(under(n, "linux"))
		a.offered(discover(n, 2))
		if got := a.byHTTP(under(n, "boot.ipxe")); strings.Contains(got, "say=rescue") || got == "" {
			t.Errorf("%s, the boot after: %q", host, got)
		}
	}
}

// TestWithoutAStore: machines that install nothing are served; those that would go to their disks; and that is told.
func TestWithoutAStore(t *testing.T) {
	for what, spoil := range map[string]func(t *testing.T, path string){
		"torn": func(t *testing.T, path string) {
			if err := os.WriteFile(path, []byte("torn"), 0o600); err != nil {
				t.Fatal(err)
			}
		},
		"another program has it": func(t *testing.T, path string) {
			db, err := boltstore.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = db.Close() })
		},
		"a directory is in its place": func(t *testing.T, path string) {
			if err := os.Mkdir(path, 0o755); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(what, func(t *testing.T) {
			state := stateDir(t)
			spoil(t, filepath.Join(state, boltstore.File))
			a, _ := assembledAt(t, directory(t, toInstall(nil)), state)
			if a.offered(discover(0x99, 1)) == "" || !strings.Contains(a.byHTTP(under(0x99, "boot.ipxe")), "say=plain") {
				t.Error("a machine that installs nothing is not served")
			}
			a.offered(discover(1, 1))
			for way, ask := range a.ways(t) {
				if got := ask(1); installs(got) {
					t.Errorf("%s: %q", way, got)
				}
			}
			var network, own int
			for _, e := range append(a.memory.Story(boot.MAC{}), a.memory.Story(mac(1))...) {
				if e.Level == boot.LevelError && strings.Contains(e.Text+e.Detail, boltstore.File) {
					if e.Client.MAC.IsZero() {
						network++
					} else {
						own++
					}
				}
			}
			if network != 1 || own != 1 {
				t.Errorf("told %d times at the start, and %d times of the machine", network, own)
			}
		})
	}
}

// TestTheStoreComesBack: what could not be opened is tried again.
func TestTheStoreComesBack(t *testing.T) {
	state := stateDir(t)
	other, err := boltstore.Open(filepath.Join(state, boltstore.File))
	if err != nil {
		t.Fatal(err)
	}
	d, err := assemble(Options{Dir: directory(t, toInstall(nil)), Over: site.Overrides{State: state}, Log: func(configs.Log) (recorder.Log, error) { return recorder.Log{}, nil }})
	if err != nil {
		t.Fatal(err)
	}
	d.state.again = 10 * time.Millisecond
	runState(t, d)
	a := &assembled{daemon: d, http: d.httpServer(&d.site.Settings.HTTP)}
	if got := a.byHTTP(under(1, "boot.ipxe")); installs(got) {
		t.Errorf("%q", got)
	}
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "it installs", func() bool { return installs(a.byHTTP(under(1, "boot.ipxe"))) })
}

// TestDigest: the last good configuration's digest is kept, and a start with another one says so.
func TestDigest(t *testing.T) {
	dir, state := directory(t, toInstall(nil)), stateDir(t)
	said := func(a *assembled) bool {
		return slices.ContainsFunc(a.memory.Story(boot.MAC{}), func(e boot.Event) bool { return strings.Contains(e.Text, "another one than in the run before") })
	}
	for i, change := range []bool{false, false, true, false} {
		if change {
			if err := os.WriteFile(filepath.Join(dir, "profiles/more.yaml"), []byte("kernel: linux\n"), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		a, stop := assembledAt(t, dir, state)
		if got := said(a); got != (i >= 2) { // it stays in the story
			t.Errorf("run %d: said %v", i, got)
		}
		stop()
	}
	if a, err := digest(dir); err != nil || len(a) != 32 {
		t.Errorf("%q, %v", a, err)
	}
	if err := os.MkdirAll(filepath.Join(dir, ".git"), 0o755); err != nil {
		t.Fatal(err)
	}
	before, _ := digest(dir)
	if err := os.WriteFile(filepath.Join(dir, ".git/index"), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	if after, _ := digest(dir); after != before {
		t.Error("what is hidden counts")
	}
}

// TestARestartRemembers what was known of machines, where they are, and what happened to them.
func TestARestartRemembers(t *testing.T) {
	dir, state := directory(t, toInstall(nil)), stateDir(t)
	a, stop := assembledAt(t, dir, state)
	a.memory.See(boot.Client{MAC: mac(1), Addr: addr("10.0.0.7"), Serial: "S1"})
	a.byTFTP(t, "boot.ipxe", "10.0.0.7")
	a.recorder.Record(boot.Event{Kind: boot.EventNotice, Level: boot.LevelWarn, Client: boot.Client{MAC: mac(1)}, Text: "it happened"})
	stop()
	a, _ = assembledAt(t, dir, state)
	if c, ok := a.memory.At(addr("10.0.0.7")); !ok || c.Serial != "S1" {
		t.Errorf("at its address: %+v %v", c, ok)
	}
	told := false
	for _, e := range a.memory.Story(mac(1)) {
		told = told || e.Text == "it happened"
	}
	if !told {
		t.Error("its story is forgotten")
	}
	if got := a.byTFTP(t, "boot.ipxe", "10.0.0.7"); !installs(got) {
		t.Errorf("by its address: %q", got)
	}
}
