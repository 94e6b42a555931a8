// SPDX-License-Identifier: Apache-2.0

package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestTFTPDevices: what is no regular file stays what it is, and is written to and read from.
func TestTFTPDevices(t *testing.T) {
	root, up, dir := t.TempDir(), writable(t), t.TempDir()
	want := strings.Repeat("text ", 5000)
	if err := os.WriteFile(filepath.Join(root, "a"), []byte(want), 0o644); err != nil {
		t.Fatal(err)
	}
	_, addr := tftpServer(t, program(t), "--root", root, "--uploads", up)
	pipe, null := filepath.Join(dir, "pipe"), filepath.Join(dir, "null")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(pipe, filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	for _, target := range []string{pipe, filepath.Join(dir, "link")} {
		read := make(chan string, 1)
		go func() {
			f, err := os.Open(pipe)
			if err != nil {
				t.Error(err)
			}
			b, _ := io.ReadAll(f)
			_ = f.Close() // else who writes next meets this reader
			read <- string(b)
		}()
		code, _, stderr := bootlace(t, "", "tftp", "get", addr, "a", "-o", target)
		if info, err := os.Stat(pipe); code != exitOK || err != nil || info.Mode()&os.ModeNamedPipe == 0 {
			t.Fatalf("%d, %s; the pipe is now %v, %v", code, stderr, info, err)
		}
		if got := <-read; got != want {
			t.Errorf("%d bytes came out of the pipe", len(got))
		}
	}
	go func() { _ = os.WriteFile(pipe, []byte(want), 0o600) }()
	if code, _, stderr := bootlace(t, "", "tftp", "put", addr, "b", "-i", pipe); code != exitOK {
		t.Errorf("put: %d, %s", code, stderr)
	}
	if b, err := os.ReadFile(filepath.Join(up, "b")); err != nil || string(b) != want {
		t.Errorf("stored: %d bytes, %v", len(b), err)
	}
	if os.Getuid() != 0 {
		t.Skip("NOT TESTED: needs root, to make a device like /dev/null")
	}
	if err := syscall.Mknod(null, syscall.S_IFCHR|0o666, 1<<8|3); err != nil {
		t.Skip("NOT TESTED: no device can be made here:", err)
	}
	code, _, stderr := bootlace(t, "", "tftp", "get", addr, "a", "-o", null)
	if info, err := os.Stat(null); code != exitOK || err != nil || info.Mode()&os.ModeCharDevice == 0 {
		t.Errorf("%d, %s; the device is now %v, %v", code, stderr, info, err)
	}
}
