// SPDX-License-Identifier: Apache-2.0

package files

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	"github.com/bootlace-net/bootlace/tftpd"
)

// TestFullDisk writes to a file system of 64 KiB until it is full.
func TestFullDisk(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("needs root: mounts a file system of its own")
	}
	dir := t.TempDir()
	mounted := make(chan *UploadDir)
	go func() { // the thread ends with the goroutine, and its mounts with it
		runtime.LockOSThread()
		if err := errors.Join(syscall.Unshare(syscall.CLONE_NEWNS), syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""),
			syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=64k")); err != nil {
			t.Error(err)
			close(mounted)
			return
		}
		if err := os.WriteFile(filepath.Join(dir, "a"), []byte("old"), 0o644); err != nil {
			t.Error(err)
		}
		d, err := OpenUploadDir(dir, roomy)
		if err != nil {
			t.Error(err)
		}
		mounted <- d
	}()
	d := <-mounted
	if d == nil {
		t.FailNow()
	}
	defer d.Close()
	d.Overwrite = true
	u, err := d.Create(context.Background(), wrq("a"), -1)
	for i := 0; err == nil && i < 100; i++ {
		_, err = u.Write(make([]byte, 16<<10))
	}
	if !errors.Is(err, syscall.ENOSPC) || tftpd.CodeOf(err) != tftpd.CodeDiskFull {
		t.Fatalf("a full disk: %v, code %d", err, tftpd.CodeOf(err))
	}
	if err := u.Abort(); err != nil {
		t.Fatal(err)
	}
	f, err := d.root.Open(".")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if left, err := f.Readdirnames(-1); err != nil || len(left) != 1 || left[0] != "a" {
		t.Errorf("left: %v, %v", left, err)
	}
	if b, err := d.root.ReadFile("a"); err != nil || string(b) != "old" || d.stored.bytes != 3 || d.stored.files != 1 || d.active != 0 {
		t.Errorf("the old file is %q (%v); it counts %d bytes, %d files, %d active", b, err, d.stored.bytes, d.stored.files, d.active)
	}
}
