// SPDX-License-Identifier: Apache-2.0

package target

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bootlace-net/bootlace/e2e/cpio"
)

func installer() []cpio.Entry {
	file := func(name, body string) cpio.Entry {
		return cpio.Entry{Name: name, Mode: cpio.Regular | 0o755, Body: []byte(body)}
	}
	link := func(name, to string) cpio.Entry {
		return cpio.Entry{Name: name, Mode: cpio.Symlink | 0o777, Body: []byte(to)}
	}
	const lib = "lib/x86_64-linux-gnu/"
	return []cpio.Entry{
		file("bin/busybox", "busybox"), link("lib64/ld-linux-x86-64.so.2", "/"+lib+"ld.so"), file(lib+"ld.so", "loader"),
		link(lib+"libc.so.6", "libc-2.36.so"), file(lib+"libc-2.36.so", "libc"), file(lib+"libm.so.6", "libm"),
		file(lib+"libresolv.so.2", "resolv"), file("lib/modules/6.1/kernel/drivers/net/e1000.ko", "e1000"),
		file("lib/modules/6.1/kernel/drivers/virtio/virtio.ko", "virtio"), file("etc/passwd", "root"),
	}
}

func TestCompose(t *testing.T) {
	entries, err := AMD64.compose(installer(), kit{modules: modules()})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, e := range entries {
		if e.Mode&cpio.Type == cpio.Regular && e.Name != "init" {
			got[e.Name] = string(e.Body)
		}
	}
	want := map[string]string{
		"bin/busybox": "busybox", "lib64/ld-linux-x86-64.so.2": "loader", "lib/x86_64-linux-gnu/libc.so.6": "libc",
		"lib/x86_64-linux-gnu/libm.so.6": "libm", "lib/x86_64-linux-gnu/libresolv.so.2": "resolv",
		"lib/modules/e1000.ko": "e1000", "lib/modules/virtio.ko": "virtio", "modules": "virtio\ne1000",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

// Directories come before what is in them: the kernel makes no parents.
func TestComposeOrder(t *testing.T) {
	entries, err := AMD64.compose(installer(), kit{modules: modules()})
	if err != nil {
		t.Fatal(err)
	}
	made := map[string]bool{".": true}
	for _, e := range entries {
		if !made[filepath.Dir(e.Name)] {
			t.Errorf("%s comes before its directory", e.Name)
		}
		made[e.Name] = e.Mode&cpio.Type == cpio.Dir
	}
}

func TestComposeSaysWhatIsMissing(t *testing.T) {
	if _, err := AMD64.compose(installer()[1:], kit{modules: modules()}); err == nil || err.Error() != "bin/busybox is not in the installer's initrd" {
		t.Errorf("got %v", err)
	}
	loop := append(installer()[1:], cpio.Entry{Name: "bin/busybox", Mode: cpio.Symlink, Body: []byte("busybox")})
	if _, err := AMD64.compose(loop, kit{modules: modules()}); err == nil || err.Error() != "bin/busybox: too many symbolic links" {
		t.Errorf("got %v", err)
	}
}

func TestBootSector(t *testing.T) {
	s := BootSector()
	if len(s) != 512 || s[510] != 0x55 || s[511] != 0xaa {
		t.Errorf("%d bytes, ending with % x", len(s), s[510:])
	}
	if !bytes.Contains(s, []byte(DiskMarker)) {
		t.Error("the marker is not in it")
	}
}

func TestPut(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a", "b")
	for _, body := range []string{"one", "two"} {
		if err := put(file, []byte(body)); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(file); err != nil || string(got) != body {
			t.Errorf("got %q, %v; want %q", got, err, body)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(file), "new-*")); left != nil {
		t.Errorf("left behind: %v", left)
	}
}

// TestInstalledSystem: the disk that is written is the same each time, begins with code that a BIOS runs, and holds what UEFI
// looks for.
func TestInstalledSystem(t *testing.T) {
	for _, program := range []string{"mkfs.vfat", "mcopy"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skip(err)
		}
	}
	one, err := installedSystem()
	if err != nil {
		t.Fatal(err)
	}
	two, err := installedSystem()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(one, two) {
		t.Error("two systems differ")
	}
	if len(one) != systemSize || one[0] != 0xeb || one[510] != 0x55 || one[511] != 0xaa || !bytes.Contains(one[:512], []byte(DiskMarker)) {
		t.Errorf("%d bytes that begin with % x", len(one), one[:16])
	}
	if !bytes.Contains(one, []byte("BOOTX64")) {
		t.Error("UEFI finds no program")
	}
}

func TestInstallations(t *testing.T) {
	file := filepath.Join(t.TempDir(), "disk")
	if err := EmptyDisk(file); err != nil {
		t.Fatal(err)
	}
	if n, err := Installations(file); n != 0 || err != nil {
		t.Errorf("an empty disk: %d, %v", n, err)
	}
	f, err := os.OpenFile(file, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt([]byte("2\n"), countOffset); err != nil {
		t.Fatal(err)
	}
	f.Close()
	if n, err := Installations(file); n != 2 || err != nil {
		t.Errorf("installed twice: %d, %v", n, err)
	}
}
