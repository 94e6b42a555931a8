// SPDX-License-Identifier: Apache-2.0

package boltstore

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/bootlace-net/bootlace/internal/machines"
)

// mounted gives a file system of its own.
func mounted(t *testing.T, size string) string {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs root, to mount a small file system")
	}
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		t.Skip("cannot mount: ", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// TestFullDisk: what cannot be written is an error, what was written before stays, and all goes on when there is room again.
func TestFullDisk(t *testing.T) {
	dir := mounted(t, "1m")
	ballast := filepath.Join(dir, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 600<<10), 0o600); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, File)
	d := opened(t, path)
	stored, failed := 0, error(nil)
	value := bytes.Repeat([]byte("x"), 3000)
	for ; failed == nil && stored < 1000; stored++ {
		if _, failed = d.Swap(fmt.Sprint(stored), 0, value); failed != nil {
			break
		}
	}
	if !errors.Is(failed, syscall.ENOSPC) || stored < 5 {
		t.Fatalf("%d records, then %v", stored, failed)
	}
	all := func(when string) {
		t.Helper()
		for i := range stored {
			if got, _, err := d.Load(fmt.Sprint(i)); err != nil || !bytes.Equal(got, value) {
				t.Fatalf("%s: record %d: %d bytes, %v", when, i, len(got), err)
			}
		}
		if _, _, err := d.Load(fmt.Sprint(stored)); !errors.Is(err, machines.ErrNotFound) {
			t.Errorf("%s: what could not be written: %v", when, err)
		}
	}
	all("full")
	closed(t, d)
	d = opened(t, path) // checked again
	all("opened again")
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Swap("room", 0, value); err != nil {
		t.Errorf("with room again: %v", err)
	}
	closed(t, d)
	if err := os.WriteFile(ballast, make([]byte, 1<<20), 0o600); err == nil {
		t.Error("the ballast fits")
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	_ = os.WriteFile(ballast, make([]byte, 1<<20), 0o600) // all that is left
	if _, err := Open(path); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("no room to make one: %v", err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("half a file is left")
	}
}

// TestReadOnly: a file system that turned read-only, as they do after errors.
func TestReadOnly(t *testing.T) {
	dir := mounted(t, "1m")
	path := filepath.Join(dir, File)
	closed(t, opened(t, path))
	if err := syscall.Mount("", dir, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path); !errors.Is(err, syscall.EROFS) || !strings.Contains(err.Error(), path) {
		t.Errorf("a file that is there: %v", err)
	}
	missing := filepath.Join(dir, "other.db")
	if _, err := Open(missing); !errors.Is(err, syscall.EROFS) || !strings.Contains(err.Error(), missing) {
		t.Errorf("one that is not: %v", err)
	}
}
