// SPDX-License-Identifier: Apache-2.0

package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bootlace-net/bootlace/internal/machines/boltstore"
)

// stateWith makes a state directory with one record in its store.
func stateWith(t *testing.T, key, value string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	db, err := boltstore.Open(filepath.Join(dir, boltstore.File))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Swap(key, 0, []byte(value)); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestBackupAndRestore(t *testing.T) {
	from, to := stateWith(t, "host/node1", "old"), stateWith(t, "host/node2", "new")
	db, err := boltstore.Open(filepath.Join(from, boltstore.File))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _ = db.Backup(w) }))
	defer srv.Close()
	file := filepath.Join(t.TempDir(), "b.db")
	if code, _, stderr := bootlace(t, "", "machines", "backup", file, "--server", srv.URL); code != exitOK {
		t.Fatalf("%d %s", code, stderr)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	_, stdout, _ := bootlace(t, "", "machines", "backup", "-", "--server", srv.URL)
	if b, _ := os.ReadFile(file); stdout != string(b) {
		t.Errorf("standard output gets %d bytes, the file %d", len(stdout), len(b))
	}
	if code, _, stderr := bootlace(t, "", "machines", "restore", file, "--state", from); code != exitFailed || !strings.Contains(stderr, "stop the appliance first") {
		t.Errorf("while it is in use: %d %s", code, stderr)
	}
	if code, _, stderr := bootlace(t, "", "machines", "restore", file, "--state", to); code != exitOK {
		t.Fatalf("%d %s", code, stderr)
	}
	restored, err := boltstore.Open(filepath.Join(to, boltstore.File))
	if err != nil {
		t.Fatal(err)
	}
	defer restored.Close()
	if v, _, err := restored.Load("host/node1"); err != nil || string(v) != "old" {
		t.Errorf("%q %v", v, err)
	}
	if _, _, err := restored.Load("host/node2"); err == nil {
		t.Error("what was there before is still there")
	}
}

func TestBackupIsCompleteOrNotThere(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write(make([]byte, 100_000))
		panic(http.ErrAbortHandler)
	}))
	defer srv.Close()
	dir := t.TempDir()
	if code, _, stderr := bootlace(t, "", "machines", "backup", filepath.Join(dir, "b.db"), "--server", srv.URL); code != exitSystem {
		t.Errorf("%d %s", code, stderr)
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
	if code, _, _ := bootlace(t, "", "machines", "backup", filepath.Join(dir, "no/b.db"), "--server", srv.URL); code != exitSystem {
		t.Errorf("a directory that is not there: %d", code)
	}
}

func TestRestoreOfWhatIsNoBackup(t *testing.T) {
	dir := stateWith(t, "host/node1", "precious")
	file := filepath.Join(t.TempDir(), "junk")
	if err := os.WriteFile(file, []byte(strings.Repeat("junk", 10000)), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, stderr := bootlace(t, "", "machines", "restore", file, "--state", dir); code != exitFailed || !strings.Contains(stderr, "the backup: ") {
		t.Errorf("%d %s", code, stderr)
	}
	db, err := boltstore.Open(filepath.Join(dir, boltstore.File))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if v, _, err := db.Load("host/node1"); err != nil || string(v) != "precious" {
		t.Errorf("%q %v", v, err)
	}
	if code, _, _ := bootlace(t, "", "machines", "restore", file, "--state", "/nowhere/at/all"); code != exitSystem {
		t.Errorf("a state directory that is not there: %d", code)
	}
	if code, _, _ := bootlace(t, "", "machines", "restore", "/nowhere/file"); code != exitSystem {
		t.Errorf("a file that is not there: %d", code)
	}
}
