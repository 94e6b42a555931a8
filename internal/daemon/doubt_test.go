// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/api"
	"github.com/bootlace-net/bootlace/internal/machines/boltstore"
	"github.com/bootlace-net/bootlace/internal/machines/life"
)

// installsNow says whether a machine that comes anew gets its installation, by any way.
func (a *assembled) installsNow(t *testing.T, n byte, xid uint32) bool {
	t.Helper()
	a.offered(discover(n, xid))
	got := false
	for _, ask := range a.ways(t) {
		got = got || installs(ask(n))
	}
	return got
}

// TestAnOldBackupInstallsNothing: what may have been installed since a backup was made is not installed again by restoring it, until an
// operator says what is so, of one machine or of all.
func TestAnOldBackupInstallsNothing(t *testing.T) {
	dir, state := directory(t, toInstall(nil)), stateDir(t)
	a, stop := assembledAt(t, dir, state)
	if !a.installsNow(t, 1, 1) {
		t.Fatal("it does not install")
	}
	a.order(t, "node1", life.Order{Verb: life.OrderDone})
	var backup bytes.Buffer
	if err := a.state.backup(&backup); err != nil {
		t.Fatal(err)
	}
	if !a.installsNow(t, 2, 2) || !a.installsNow(t, 3, 3) {
		t.Fatal("the others do not install")
	}
	a.order(t, "node2", life.Order{Verb: life.OrderDone}) // which the backup does not know
	stop()
	if err := os.WriteFile(filepath.Join(state, boltstore.File), backup.Bytes(), 0o600); err != nil { // not even by our command
		t.Fatal(err)
	}
	a, stop = assembledAt(t, dir, state)
	for n := byte(1); n <= 4; n++ {
		if a.installsNow(t, n, 10+uint32(n)) {
			t.Fatalf("node%d installs", n)
		}
	}
	told := 0
	for _, e := range append(a.memory.Story(boot.MAC{}), a.memory.Story(mac(2))...) {
		if strings.Contains(e.Text+e.Detail, "older than what was stored here") || strings.HasPrefix(e.Text, "sent to its disk: it may be installed already") {
			told++
		}
	}
	if told != 2 {
		t.Errorf("told %d times, at the start and of the machine", told)
	}
	if _, st := a.life(t, "node4"); st.State != life.StateHeld || !st.Doubt {
		t.Errorf("node4: %+v", st)
	}
	c, err := api.Dial("http://"+a.answers(t), api.Login{})
	if err != nil {
		t.Fatal(err)
	}
	for host, verb := range map[string]api.Verb{"node2": api.Finish, "node3": api.Install, "node4": api.Release} {
		if done, err := c.Order(t.Context(), host, verb, ""); err != nil || !done.Changed {
			t.Fatalf("%s %s: %+v, %v", verb, host, done, err)
		}
	}
	stop()
	a, _ = assembledAt(t, dir, state) // and all that outlives a restart
	for n, want := range map[byte]bool{1: false, 2: false, 3: true, 4: true, 5: false} {
		if got := a.installsNow(t, n, 20+uint32(n)); got != want {
			t.Errorf("node%d: %t, want %t", n, got, want)
		}
	}
	if c, err = api.Dial("http://"+a.answers(t), api.Login{}); err != nil {
		t.Fatal(err)
	}
	if done, err := c.ReleaseAll(t.Context()); err != nil || !done.Changed {
		t.Fatalf("%+v, %v", done, err)
	}
	if done, err := c.ReleaseAll(t.Context()); err != nil || done.Changed {
		t.Errorf("once more: %+v, %v", done, err)
	}
	for n, want := range map[byte]bool{1: false, 2: false, 5: true} {
		if got := a.installsNow(t, n, 30+uint32(n)); got != want {
			t.Errorf("in the end, node%d: %t, want %t", n, got, want)
		}
	}
}

// TestANewDatabase: without one, machines install, as those of a new site do, and it is said loudly how many; where that is not wanted,
// they are held. Where only the database is gone, it is known that there was one.
func TestANewDatabase(t *testing.T) {
	for _, tt := range []struct {
		name, settings string
		lost           bool // there was one, with records
		want           bool
		told           string
	}{
		{"a new site", "server: {user: root}\n", false, true, "nothing is known of machines yet"},
		{"a strict one", "server: {user: root, new_database: hold}\n", false, false, "machines that may be installed already get their disks"},
		{"a database that is gone", "server: {user: root}\n", true, false, "machines that may be installed already get their disks"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir, state := directory(t, toInstall(map[string]string{"bootlace.yaml": tt.settings})), stateDir(t)
			if tt.lost {
				a, stop := assembledAt(t, dir, state)
				a.installsNow(t, 1, 1)
				stop()
				if err := os.Remove(filepath.Join(state, boltstore.File)); err != nil {
					t.Fatal(err)
				}
			}
			a, _ := assembledAt(t, dir, state)
			if got := a.installsNow(t, 1, 2); got != tt.want {
				t.Errorf("it installs: %t", got)
			}
			told := false
			for _, e := range a.memory.Story(boot.MAC{}) {
				told = told || strings.HasPrefix(e.Text, tt.told) && strings.Contains(e.Detail, "hosts=21")
			}
			if !told {
				t.Errorf("it is not told that %s", tt.told)
			}
		})
	}
}

// TestAMarkThatIsNone: it is not known what was here, so nothing installs.
func TestAMarkThatIsNone(t *testing.T) {
	dir, state := directory(t, toInstall(nil)), stateDir(t)
	a, stop := assembledAt(t, dir, state)
	a.installsNow(t, 1, 1)
	stop()
	mark := boltstore.MarkOf(filepath.Join(state, boltstore.File))
	if err := errors.Join(os.Remove(mark), os.Mkdir(mark, 0o755)); err != nil {
		t.Fatal(err)
	}
	a, _ = assembledAt(t, dir, state)
	if a.installsNow(t, 2, 2) {
		t.Error("what is in the place of the mark may be anything, and it installs")
	}
}
