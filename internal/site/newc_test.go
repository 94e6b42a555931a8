// SPDX-License-Identifier: Apache-2.0

package site

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"net/netip"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/bootlace-net/bootlace/boot"
)

// entries reads an archive in newc format: names and contents.
func entries(t *testing.T, b []byte) (all [][2]string) {
	t.Helper()
	number := func(at int) int {
		n, err := strconv.ParseUint(string(b[at:at+8]), 16, 32)
		if err != nil {
			t.Fatal(err)
		}
		return int(n)
	}
	at := 0
	up := func(n int) int { return (n + 3) &^ 3 }
	for at < len(b) {
		if string(b[at:at+6]) != "070701" {
			t.Fatalf("no header at %d", at)
		}
		size, length := number(at+54), number(at+94)
		name := string(b[at+110 : at+110+length])
		if !strings.HasSuffix(name, "\x00") {
			t.Fatalf("a name without an end: %q", name)
		}
		at = up(at + 110 + length)
		all = append(all, [2]string{strings.TrimSuffix(name, "\x00"), string(b[at : at+size])})
		at = up(at + size)
	}
	if at != len(b) {
		t.Fatalf("%d bytes, and the last entry ends at %d", len(b), at)
	}
	return all
}

// TestArchive: whatever its size and name, a file is in the archive as it is, which is read from any place of it.
func TestArchive(t *testing.T) {
	for size := range 9 {
		for _, name := range []string{"a", "abc", "proxmox.iso", strings.Repeat("n", 200)} {
			content := strings.Repeat("x", size)
			a := archive(name, boot.NewMemFile([]byte(content), time.Time{}))
			b, err := io.ReadAll(io.NewSectionReader(a, 0, 1<<20))
			if err != nil || int64(len(b)) != a.Size() || len(b)%4 != 0 {
				t.Fatalf("%d bytes of %d, %v", len(b), a.Size(), err)
			}
			if got := entries(t, b); len(got) != 2 || got[0] != [2]string{name, content} || got[1] != [2]string{"TRAILER!!!", ""} {
				t.Errorf("%q", got)
			}
			if err := iotest.TestReader(io.NewSectionReader(a, 0, a.Size()), b); err != nil {
				t.Error(err)
			}
		}
	}
}

// TestArchiveIsCPIO: the program that makes these archives unpacks ours.
func TestArchiveIsCPIO(t *testing.T) {
	cpio, err := exec.LookPath("cpio")
	if err != nil {
		t.Skip("NOT TESTED: cpio is not installed: run tools/deps.sh go")
	}
	a := archive("medium.iso", boot.NewMemFile([]byte("the medium"), time.Time{}))
	cmd := exec.CommandContext(t.Context(), cpio, "-i", "--to-stdout", "--quiet", "medium.iso")
	cmd.Stdin = io.NewSectionReader(a, 0, a.Size())
	if out, err := cmd.CombinedOutput(); err != nil || string(out) != "the medium" {
		t.Errorf("%q, %v", out, err)
	}
}

// TestPlaced: a machine gets files of the store as archives, and none that it does not get without.
func TestPlaced(t *testing.T) {
	state := t.TempDir()
	keepImage(t, state, "pve/8", [][2]string{{"kernel", "linux"}, {"initrd", "initrd.gz"}, {"iso", "medium.iso"}})
	s := open(t, imageSite(t, state, "kernel: pve/8/linux\ninitrd: [pve/8/initrd.gz, \"newc:/proxmox.iso:pve/8/medium.iso\"]\n", nil), state)
	m, _ := boot.ParseMAC(one)
	c := boot.Client{MAC: m, Archs: []boot.Arch{boot.ArchX64}}
	get := func(p boot.Plan, path string) (string, error) {
		n, err := boot.ParseName(path)
		if err != nil {
			return "", err
		}
		f, err := s.File(s.Visit(n.For(m), c, netip.Addr{}), p)
		if err != nil {
			return "", err
		}
		defer f.Close()
		b, err := io.ReadAll(io.NewSectionReader(f, 0, f.Size()))
		return string(b), err
	}
	plan := s.Plan(c)
	b, err := get(plan, "newc/proxmox.iso/pve/8/medium.iso")
	if err != nil || entries(t, []byte(b))[0] != [2]string{"proxmox.iso", "the medium.iso"} {
		t.Errorf("%q, %v", b, err)
	}
	if script, err := get(plan, "boot.ipxe"); err != nil || !bytes.Contains([]byte(script), []byte("/newc/proxmox.iso/pve/8/medium.iso\n")) {
		t.Errorf("%v\n%s", err, script)
	}
	for _, path := range []string{"newc/proxmox.iso/pve/8/none", "newc/proxmox.iso", "newc/a b/pve/8/medium.iso", "newc/x/newc/y/pve/8/medium.iso"} {
		if b, err := get(plan, path); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %d bytes, %v", path, len(b), err)
		}
	}
	write(t, filepath.Join(state, "images"), map[string]string{"newc/own/pve/8/medium.iso": "a file of the operator's"})
	if b, err := get(plan, "newc/own/pve/8/medium.iso"); err != nil || b != "a file of the operator's" {
		t.Errorf("%q, %v", b, err)
	}
	for _, path := range []string{"newc/proxmox.iso/pve/8/medium.iso", "newc/x/pve/8/linux"} {
		if b, err := get(s.Local(plan), path); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("a machine that boots its disk gets %s: %d bytes, %v", path, len(b), err)
		}
	}
}
