// SPDX-License-Identifier: Apache-2.0

package boltstore

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// put stores one more record.
func put(t *testing.T, d *DB, key string) {
	t.Helper()
	if _, err := d.Swap(key, 0, []byte(key)); err != nil {
		t.Fatal(err)
	}
}

// doubtOf opens a file, and says why it is doubted.
func doubtOf(t *testing.T, path string) string {
	t.Helper()
	d := opened(t, path)
	defer closed(t, d)
	doubt, is := d.Doubt()
	if is != (doubt.Name != "") {
		t.Errorf("%+v, %t", doubt, is)
	}
	return doubt.Why
}

func copyOf(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func replaceBy(t *testing.T, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestAnOlderDatabaseIsDoubted however it came to be there, until somebody ends that; and one that is not older is not.
func TestAnOlderDatabaseIsDoubted(t *testing.T) {
	path := filepath.Join(t.TempDir(), File)
	if why := doubtOf(t, path); why != "" {
		t.Fatalf("a new one: %s", why)
	}
	d := opened(t, path)
	put(t, d, "a")
	closed(t, d)
	old := copyOf(t, path)
	if why := doubtOf(t, path); why != "" {
		t.Fatalf("opened again: %s", why)
	}
	d = opened(t, path)
	if err := d.Put("kind", nil); err != nil { // what is no record is no reason
		t.Fatal(err)
	}
	closed(t, d)
	replaceBy(t, path, old)
	if why := doubtOf(t, path); why != "" {
		t.Errorf("with all its records: %s", why)
	}
	d = opened(t, path)
	put(t, d, "b")
	closed(t, d)
	newest := copyOf(t, path)
	replaceBy(t, path, old)
	first, _ := func() (Doubt, bool) { d := opened(t, path); defer closed(t, d); return d.Doubt() }()
	if !strings.Contains(first.Why, "older than what was stored here") {
		t.Fatalf("an older one: %q", first.Why)
	}
	d = opened(t, path)
	if again, is := d.Doubt(); !is || again != first {
		t.Errorf("after a restart: %+v, was %+v", again, first)
	}
	if err := d.Settle(); err != nil {
		t.Fatal(err)
	}
	closed(t, d)
	if why := doubtOf(t, path); why != "" {
		t.Errorf("it is doubted again: %s", why)
	}
	replaceBy(t, path, newest)
	if why := doubtOf(t, path); why != "" {
		t.Errorf("a newer one: %s", why)
	}
}

// TestALostDatabaseIsDoubted: where its mark is left, and where another one is in its place.
func TestALostDatabaseIsDoubted(t *testing.T) {
	dir := t.TempDir()
	path, other := filepath.Join(dir, "here", File), filepath.Join(dir, "there", File)
	for _, p := range []string{path, other} {
		if err := os.Mkdir(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		d := opened(t, p)
		for i := range 3 {
			put(t, d, fmt.Sprint(i))
		}
		closed(t, d)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if why := doubtOf(t, path); !strings.Contains(why, "it is gone") {
		t.Errorf("it was removed: %q", why)
	}
	replaceBy(t, path, copyOf(t, other))
	if why := doubtOf(t, path); why != "" { // nothing was stored in the one before
		t.Errorf("one in the place of an empty one: %q", why)
	}
	d := opened(t, path)
	put(t, d, "more")
	closed(t, d)
	mark := copyOf(t, MarkOf(path))
	replaceBy(t, MarkOf(other), mark)
	replaceBy(t, other, copyOf(t, path))
	d = opened(t, other)
	closed(t, d)
	replaceBy(t, MarkOf(path), []byte("{"))
	if why := doubtOf(t, path); !strings.Contains(why, "machines.mark cannot be read") {
		t.Errorf("a mark that cannot be read: %q", why)
	}
	if err := os.Remove(MarkOf(path)); err != nil {
		t.Fatal(err)
	}
	replaceBy(t, MarkOf(other), seen{Store: "another", Revision: 1}.line())
	if why := doubtOf(t, other); !strings.Contains(why, "another database was here before") {
		t.Errorf("one of another name: %q", why)
	}
}

// TestRestoreIsDoubted unless it can be seen that nothing is lost, or somebody says so.
func TestRestoreIsDoubted(t *testing.T) {
	for _, tt := range []struct {
		name          string
		after, newest bool // something is stored after the backup; somebody says that it is the newest
		fresh         bool // into a directory that knows nothing
		want          bool
	}{
		{name: "nothing happened"}, {name: "something did", after: true, want: true}, {name: "somebody knows", after: true, newest: true},
		{name: "nothing is known", fresh: true, want: true}, {name: "but somebody knows", fresh: true, newest: true},
	} {
		path := filepath.Join(t.TempDir(), File)
		d := opened(t, path)
		put(t, d, "a")
		var backup bytes.Buffer
		if err := d.Backup(&backup); err != nil {
			t.Fatal(err)
		}
		if tt.after {
			put(t, d, "b")
		}
		closed(t, d)
		if tt.fresh {
			path = filepath.Join(t.TempDir(), File)
		}
		doubted, err := Restore(path, &backup, tt.newest)
		if err != nil || doubted != tt.want {
			t.Errorf("%s: %t, %v", tt.name, doubted, err)
		}
		if why := doubtOf(t, path); (why != "") != tt.want || tt.want && !strings.Contains(why, "restored from a backup") {
			t.Errorf("%s: opened, it is doubted: %q", tt.name, why)
		}
	}
}
