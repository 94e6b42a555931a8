// SPDX-License-Identifier: Apache-2.0

package boltstore

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.etcd.io/bbolt"

	"github.com/bootlace-net/bootlace/internal/machines"
)

// filled makes a file of some hundred pages, and gives its bytes.
func filled(t *testing.T) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), File)
	d := opened(t, path)
	for i := range 40 {
		if _, err := d.Swap(fmt.Sprintf("host/%d", i), 0, bytes.Repeat([]byte{byte(i)}, 3000)); err != nil {
			t.Fatal(err)
		}
	}
	closed(t, d)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestTornFiles: a file that is cut or holds garbage gives an error that names it, or serves what is left of it and says of
// each other record that it is damaged. It never ends the program, and never makes a record up.
func TestTornFiles(t *testing.T) {
	sound := filled(t)
	r := rand.New(rand.NewPCG(11, 1))
	refused, damagedRecords := 0, 0
	try := func(what string, file []byte) {
		t.Helper()
		path := filepath.Join(t.TempDir(), File)
		if err := os.WriteFile(path, file, 0o600); err != nil {
			t.Fatal(err)
		}
		d, err := Open(path)
		if err != nil {
			refused++
			if !strings.Contains(err.Error(), path) {
				t.Errorf("%s: the error does not name the file: %v", what, err)
			}
			return
		}
		defer closed(t, d)
		for i := range 40 {
			value, _, err := d.Load(fmt.Sprintf("host/%d", i))
			switch {
			case errors.Is(err, machines.ErrDamaged):
				damagedRecords++
			case err == nil && !bytes.Equal(value, bytes.Repeat([]byte{byte(i)}, 3000)):
				t.Errorf("%s: host/%d holds something else", what, i)
			}
		}
		if _, err := d.Swap("new", 0, []byte("x")); err != nil {
			t.Logf("%s: %v", what, err)
		}
	}
	for _, n := range []int{1, 100, 4096, 8192, 3 * 4096, len(sound) / 2} {
		try(fmt.Sprintf("cut to %d bytes", n), sound[:n])
	}
	try("zeros", make([]byte, len(sound)))
	try("text", []byte("{\"not\": \"a database\"}\n"))
	for i := range 150 {
		torn := bytes.Clone(sound)
		page := r.IntN(len(torn)/4096) * 4096
		switch i % 3 {
		case 0:
			clear(torn[page : page+4096])
		case 1:
			for j := range 4096 {
				torn[page+j] = byte(r.Uint32())
			}
		default:
			torn[r.IntN(len(torn))] ^= 1 << r.IntN(8)
		}
		try(fmt.Sprintf("page %d, damage %d", page/4096, i), torn)
	}
	t.Logf("%d files refused, %d damaged records in others", refused, damagedRecords)
	if refused < 10 || damagedRecords < 3 {
		t.Errorf("%d files refused, %d damaged records: the test does not do what it says", refused, damagedRecords)
	}
}

// TestDamagedRecord: one record is damaged, all others are not.
func TestDamagedRecord(t *testing.T) {
	path := filepath.Join(t.TempDir(), File)
	d := opened(t, path)
	defer closed(t, d)
	for _, key := range []string{"a", "b", "c"} {
		if _, err := d.Swap(key, 0, []byte(key)); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.bolt.Update(func(tx *bbolt.Tx) error {
		return tx.Bucket([]byte(bucketRecords)).Put([]byte("b"), []byte("torn"))
	}); err != nil {
		t.Fatal(err)
	}
	var keys string
	err := d.List(func(key string, _ []byte, _ uint64) error { keys += key; return nil })
	if !errors.Is(err, machines.ErrDamaged) || keys != "ac" {
		t.Errorf("%q, %v", keys, err)
	}
	if _, _, err := d.Load("b"); !errors.Is(err, machines.ErrDamaged) {
		t.Errorf("Load: %v", err)
	}
	if _, err := d.Swap("b", 0, []byte("x")); !errors.Is(err, machines.ErrDamaged) {
		t.Errorf("Swap: %v", err)
	}
}

// TestOldAndNewVersions: an older file is brought up to date, or left as it is; a newer one is refused and not touched.
func TestOldAndNewVersions(t *testing.T) {
	path := filepath.Join(t.TempDir(), File)
	d := opened(t, path)
	rev, err := d.Swap("a", 0, []byte("old"))
	if err != nil {
		t.Fatal(err)
	}
	closed(t, d)
	failing := errors.New("no such thing")
	broken := append(migrations(), func(tx *bbolt.Tx) error {
		if err := tx.DeleteBucket([]byte(bucketRecords)); err != nil {
			return err
		}
		return failing
	})
	if _, err := open(path, broken); !errors.Is(err, failing) || !strings.Contains(err.Error(), "version 2") {
		t.Errorf("a step that fails: %v", err)
	}
	newer := append(migrations(), func(tx *bbolt.Tx) error {
		b := tx.Bucket([]byte(bucketRecords))
		next, own, fatal := swap(b, "a", rev, []byte("new"))
		rev = next
		return errors.Join(own, fatal)
	})
	d, err = open(path, newer)
	if err != nil {
		t.Fatal(err)
	}
	if value, is, err := d.Load("a"); err != nil || string(value) != "new" || is != rev {
		t.Errorf("after the step: %q of %d, %v", value, is, err)
	}
	closed(t, d)
	before, _ := os.ReadFile(path)
	if _, err := Open(path); err == nil || !strings.Contains(err.Error(), "newer bootlace") || !strings.Contains(err.Error(), path) {
		t.Errorf("a file of version 2: %v", err)
	}
	if after, _ := os.ReadFile(path); len(before) == 0 || !bytes.Equal(before, after) {
		t.Error("a file that is refused was changed")
	}
}

// TestAnotherProgramsFile is left alone.
func TestAnotherProgramsFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), File)
	other, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(other.Update(func(tx *bbolt.Tx) error { _, err := tx.CreateBucket([]byte("theirs")); return err }), other.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path); err == nil || !strings.Contains(err.Error(), "another program") {
		t.Errorf("got %v", err)
	}
}
