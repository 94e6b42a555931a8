// SPDX-License-Identifier: Apache-2.0

package boltstore

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/internal/machines"
)

// TestMain lets the test run itself as a second program: it opens the file that it is told, says so, and waits.
func TestMain(m *testing.M) {
	path := os.Getenv("BOLTSTORE_TEST_HOLD")
	if path == "" {
		os.Exit(m.Run())
	}
	if _, err := Open(path); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("open")
	time.Sleep(time.Minute)
}

// holder starts a second program that has the file open.
func holder(t *testing.T, path string) (kill func()) {
	t.Helper()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), "BOLTSTORE_TEST_HOLD="+path)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	kill = sync.OnceFunc(func() { _ = c.Process.Kill(); _ = c.Wait() }) // that it was killed is meant
	t.Cleanup(kill)
	line := make([]byte, 5)
	if _, err := out.Read(line); err != nil || string(line[:4]) != "open" {
		t.Fatalf("the second program: %q, %v", line, err)
	}
	return kill
}

// TestTwoPrograms: the second is told soon and clearly, and gets the file when the first is gone, however it went.
func TestTwoPrograms(t *testing.T) {
	path := filepath.Join(t.TempDir(), File)
	kill := holder(t, path)
	began := time.Now()
	_, err := Open(path)
	if took := time.Since(began); !errors.Is(err, ErrInUse) || !strings.Contains(err.Error(), path) || took > 30*time.Second {
		t.Errorf("after %v: %v", took, err)
	}
	if _, err := Restore(path, strings.NewReader(""), false); !errors.Is(err, ErrInUse) {
		t.Errorf("Restore: %v", err)
	}
	kill()
	closed(t, opened(t, path))
}

// TestDirectoryThatCannotBeWritten also as root, to whom permissions mean nothing: it is not there, or is a file.
func TestDirectoryThatCannotBeWritten(t *testing.T) {
	dir := t.TempDir()
	blocked := filepath.Join(dir, "file")
	if err := os.WriteFile(blocked, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, parent := range []string{filepath.Join(dir, "missing"), blocked} {
		path := filepath.Join(parent, File)
		if _, err := Open(path); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// TestFileIsPrivate: it will hold hashes of tokens, and what machines are.
func TestFileIsPrivate(t *testing.T) {
	path := filepath.Join(t.TempDir(), File)
	closed(t, opened(t, path))
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	left, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(left) != 2 || left[1].Name() != filepath.Base(MarkOf(path)) {
		t.Errorf("%v beside the file, %v", left, err)
	}
}

// TestBackupAndRestore while others write: the backup is of one moment, and opens.
func TestBackupAndRestore(t *testing.T) {
	path := filepath.Join(t.TempDir(), File)
	d := opened(t, path)
	if _, err := d.Swap("a", 0, []byte("one")); err != nil {
		t.Fatal(err)
	}
	ctx, group := make(chan struct{}), sync.WaitGroup{}
	group.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-ctx:
				return
			default:
			}
			if _, err := d.Swap(fmt.Sprint("busy", i), 0, bytes.Repeat([]byte("x"), 2000)); err != nil {
				t.Error(err)
				return
			}
		}
	})
	var backup bytes.Buffer
	for range 20 {
		backup.Reset()
		if err := d.Backup(&backup); err != nil {
			t.Fatal(err)
		}
	}
	close(ctx)
	group.Wait()
	_, rev, _ := d.Load("a")
	if _, err := d.Swap("a", rev, []byte("two")); err != nil {
		t.Fatal(err)
	}
	if _, err := Restore(path, bytes.NewReader(backup.Bytes()), false); !errors.Is(err, ErrInUse) {
		t.Errorf("while it is open: %v", err)
	}
	closed(t, d)
	torn := backup.Bytes()[:backup.Len()/2]
	if _, err := Restore(path, bytes.NewReader(torn), false); err == nil || !strings.Contains(err.Error(), "backup") {
		t.Errorf("half a backup: %v", err)
	}
	holdsValue(t, path, "a", "two")
	if _, err := Restore(path, &backup, false); err != nil {
		t.Fatal(err)
	}
	holdsValue(t, path, "a", "one")
	fresh := filepath.Join(t.TempDir(), File)
	if err := os.WriteFile(fresh, []byte("torn"), 0o600); err != nil { // what is damaged can be replaced
		t.Fatal(err)
	}
	whole, _ := os.ReadFile(path)
	if _, err := Restore(fresh, bytes.NewReader(whole), false); err != nil {
		t.Error(err)
	}
	holdsValue(t, fresh, "a", "one")
}

func holdsValue(t *testing.T, path, key, want string) {
	t.Helper()
	d := opened(t, path)
	defer closed(t, d)
	if got, _, err := d.Load(key); err != nil || string(got) != want {
		t.Errorf("%s: %q, %v, want %q", key, got, err, want)
	}
}

// TestAfterClose: what comes too late gets an error, and nothing hangs.
func TestAfterClose(t *testing.T) {
	d := opened(t, filepath.Join(t.TempDir(), File))
	var group sync.WaitGroup
	for i := range 4 {
		group.Go(func() {
			for j := range 100 {
				if _, err := d.Swap(fmt.Sprintf("%d/%d", i, j), 0, []byte("x")); err != nil && !errors.Is(err, errClosed) {
					t.Error(err)
				}
			}
		})
	}
	closed(t, d)
	group.Wait()
	if err := d.Put("facts", []machines.Entry{{Key: "a"}}); !errors.Is(err, errClosed) {
		t.Errorf("Put: %v", err)
	}
	if _, _, err := d.Load("a"); err == nil {
		t.Error("Load of a closed database succeeds")
	}
}
