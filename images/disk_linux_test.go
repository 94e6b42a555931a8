// SPDX-License-Identifier: Apache-2.0

package images_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

func TestReadAtDoesNotAllocate(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "linux"), strings.Repeat("a", 300_000))
	f, err := open(t, dir).Open("linux")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	buf := make([]byte, 4096) // large enough to be checked each time
	if n := testing.AllocsPerRun(100, func() { _, _ = f.ReadAt(buf, 8192) }); n > 0 {
		t.Errorf("ReadAt allocates %v times", n)
	}
}

func TestOpenNamedPipe(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o644); err != nil {
		t.Fatal(err)
	}
	// A pipe without a writer would block the open for ever if it were opened the usual way.
	if _, err := open(t, dir).Open("pipe"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Open = %v, want fs.ErrNotExist", err)
	}
}

// A file system that is mounted late, over the empty directory that was there at the start, is served.
func TestMountedLate(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("mounting needs root")
	}
	dir := t.TempDir()
	done := make(chan struct{})
	go func() { // its thread, which is in a mount namespace of its own, ends with it
		defer close(done)
		runtime.LockOSThread()
		if err := syscall.Unshare(syscall.CLONE_NEWNS); err != nil {
			t.Error(err)
			return
		}
		_ = syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, "")
		s := open(t, dir)
		if got := whose(t, s, "linux"); got != "" {
			t.Errorf("an empty directory holds %q", got)
		}
		if err := syscall.Mount("images", dir, "tmpfs", 0, ""); err != nil {
			t.Error(err)
			return
		}
		write(t, filepath.Join(dir, "linux"), "kernel")
		if err := s.Refresh(); err != nil {
			t.Error(err)
		}
		if got := whose(t, s, "linux"); got != "kernel" {
			t.Errorf("got %q, want the mounted file", got)
		}
	}()
	<-done
}
