// SPDX-License-Identifier: Apache-2.0

package images_test

import (
	"errors"
	"io/fs"
	"path/filepath"
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
