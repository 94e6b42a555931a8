// SPDX-License-Identifier: Apache-2.0

package pull_test

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/images/vault"
	"github.com/bootlace-net/bootlace/internal/fetch"
	"github.com/bootlace-net/bootlace/internal/pull"
)

// TestFullDisk runs itself in a namespace with a small file system of its own: what does not fit is told of, what was there stays and
// is served, and once there is room the same pull gets to its end.
func TestFullDisk(t *testing.T) {
	if os.Getenv("PULL_SMALL") == "" {
		cmd := exec.Command(os.Args[0], "-test.run", "^TestFullDisk$", "-test.v")
		cmd.Env = append(os.Environ(), "PULL_SMALL="+t.TempDir())
		cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
			UidMappings: []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}}, GidMappings: []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}}}
		out, err := cmd.CombinedOutput()
		if errors.Is(err, syscall.EPERM) && os.Getuid() != 0 { // root may, and must not skip this
			t.Skip("NOT TESTED: this system lets nobody but root make namespaces")
		}
		if err != nil || !strings.Contains(string(out), "--- PASS") {
			t.Fatalf("%v\n%s", err, out)
		}
		return
	}
	dir := os.Getenv("PULL_SMALL")
	must(t, syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=1m"))
	m, _ := debian(t)
	m.Put("/small", "what was there")
	m.Put("/big", strings.Repeat("x", 900_000))
	p := &pull.Puller{Vault: vault.Open(dir), Fetch: fetch.Fetcher{Pause: time.Millisecond}}
	_, err := p.Pull(t.Context(), pull.Request{Recipe: single(m.URL+"/small", "my/1"), FirstUse: true})
	must(t, err)
	ballast := dir + "/ballast"
	must(t, os.WriteFile(ballast, make([]byte, 400_000), 0o600))
	for range 2 {
		if _, err := p.Pull(t.Context(), pull.Request{Recipe: single(m.URL+"/big", "my/1"), FirstUse: true}); !errors.Is(err, syscall.ENOSPC) {
			t.Fatalf("%v, want that the disk is full", err)
		}
		if got := kernelOf(t, p, "my/1"); got != "what was there" {
			t.Errorf("what was there is %q", got)
		}
	}
	must(t, os.Remove(ballast))
	_, err = p.Pull(t.Context(), pull.Request{Recipe: single(m.URL+"/big", "my/1"), FirstUse: true})
	if err != nil || len(kernelOf(t, p, "my/1")) != 900_000 {
		t.Errorf("with room: %v", err)
	}
}
