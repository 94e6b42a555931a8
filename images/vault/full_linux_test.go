// SPDX-License-Identifier: Apache-2.0

package vault_test

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/bootlace-net/bootlace/images/vault"
)

// TestFullDisk runs itself in a namespace with a small file system of its own.
func TestFullDisk(t *testing.T) {
	if os.Getenv("VAULT_SMALL") == "" {
		cmd := exec.Command(os.Args[0], "-test.run", "^TestFullDisk$", "-test.v")
		cmd.Env = append(os.Environ(), "VAULT_SMALL="+t.TempDir())
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
	dir := os.Getenv("VAULT_SMALL")
	must(t, syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=1m"))
	fillUp(t, dir)
}

// fillUp adds until nothing fits: what was there stays, what did not fit leaves nothing, and once there is room it works.
func fillUp(t *testing.T, dir string) {
	v := vault.Open(dir)
	add(t, v, "debian/12", map[string]string{"linux": strings.Repeat("a", 300_000), "initrd": "fine"})
	for _, size := range []int{300_000, 600_000, 680_000, 2_000_000} {
		m, content := image("debian/12", map[string]string{"linux": strings.Repeat("b", size), "more": strings.Repeat("c", size)})
		if err := v.Add(t.Context(), m, content); !errors.Is(err, syscall.ENOSPC) && size > 300_000 {
			t.Fatalf("%d bytes: %v, want that the disk is full", size, err)
		} else if size == 300_000 {
			must(t, err)
			add(t, v, "debian/12", map[string]string{"linux": strings.Repeat("a", 300_000), "initrd": "fine"})
			_, err := v.GC(t.Context())
			must(t, err)
		}
		if got := served(t, v, "debian/12/initrd"); got != "fine" {
			t.Errorf("what was there is %q", got)
		}
		if n := files(t, v); n["sha256"] != 2 || n["partial"] != 0 || n["images"] != 1 {
			t.Errorf("files after %d bytes: %v", size, n)
		}
	}
	add(t, v, "debian/13", map[string]string{"linux": strings.Repeat("d", 100_000)})
}
