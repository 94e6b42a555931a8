// SPDX-License-Identifier: Apache-2.0

package images_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/images"
	"github.com/bootlace-net/bootlace/internal/diskfile"
)

func TestOpen(t *testing.T) {
	dir := t.TempDir()
	root := filepath.Join(dir, "images")
	outside := filepath.Join(dir, "secret")
	write(t, outside, "not yours")
	write(t, filepath.Join(root, "tiny/linux"), "kernel")
	write(t, filepath.Join(root, "debian-installer/amd64/pxelinux.0"), "pxelinux")
	write(t, filepath.Join(root, "ipxe.efi"), "the operator's")
	link(t, "debian-installer/amd64/pxelinux.0", filepath.Join(root, "pxelinux.0"))
	link(t, "debian-installer/amd64", filepath.Join(root, "arch"))
	link(t, "../secret", filepath.Join(root, "up"))
	link(t, outside, filepath.Join(root, "absolute"))
	link(t, filepath.Join(root, "tiny/linux"), filepath.Join(root, "inside"))
	link(t, "loop", filepath.Join(root, "loop"))
	link(t, "nowhere", filepath.Join(root, "dangling"))

	s := open(t, root)
	for _, tt := range []struct {
		name string
		want string
		err  error
	}{
		{name: "tiny/linux", want: "kernel"},
		{name: "pxelinux.0", want: "pxelinux"},
		{name: "arch/pxelinux.0", want: "pxelinux"},
		{name: "ipxe.efi", want: "the operator's"},
		{name: "tiny", err: fs.ErrNotExist},
		{name: "absent", err: fs.ErrNotExist},
		{name: "tiny/linux/below", err: fs.ErrNotExist},
		{name: "dangling", err: fs.ErrNotExist},
		{name: "up", err: fs.ErrPermission},
		{name: "absolute", err: fs.ErrPermission},
		{name: "inside", want: "kernel"},
		{name: "loop", err: fs.ErrPermission},
		{name: "", err: fs.ErrInvalid},
		{name: ".", err: fs.ErrInvalid},
		{name: "/etc/passwd", err: fs.ErrInvalid},
		{name: "../secret", err: fs.ErrInvalid},
		{name: "tiny/../../secret", err: fs.ErrInvalid},
		{name: `tiny\linux`, err: fs.ErrInvalid},
		{name: "tiny/linux\x00", err: errAny},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, err := s.Open(tt.name)
			if tt.err != nil {
				if err == nil {
					t.Fatalf("Open(%q) succeeded", tt.name)
				}
				if !errors.Is(err, tt.err) && !errors.Is(tt.err, errAny) {
					t.Fatalf("Open(%q) = %v, want %v", tt.name, err, tt.err)
				}
				if strings.Contains(err.Error(), dir) {
					t.Errorf("the error tells the directory: %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, read(t, f)); diff != "" {
				t.Errorf("content (-want +got):\n%s", diff)
			}
			if err := f.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

var errAny = errors.New("any error")

func TestOpenMissingDirectory(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "images")
	s := open(t, dir)
	if !strings.Contains(s.Note(), "does not exist") {
		t.Errorf("Note() = %q", s.Note())
	}
	if _, err := s.Open("tiny/linux"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Open = %v, want fs.ErrNotExist", err)
	}
	if f, err := s.Open("ipxe.efi"); err != nil || f.Size() < 100_000 {
		t.Errorf("the embedded loader: %v", err)
	}
	write(t, filepath.Join(dir, "tiny/linux"), "kernel")
	if f, err := s.Open("tiny/linux"); err != nil || read(t, f) != "kernel" {
		t.Errorf("a directory made later is not found: %v", err)
	}
	if s.Note() != "" {
		t.Errorf("Note() = %q, want nothing", s.Note())
	}
}

func TestOpenNotADirectory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	write(t, file, "x")
	if _, err := images.Open(file, nil); err == nil {
		t.Error("a file was taken for a directory of images")
	}
}

// whose gives the content of one name, "" while it is not there.
func whose(t *testing.T, s *images.Store, name string) string {
	t.Helper()
	f, err := s.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return ""
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	return read(t, f)
}

func rename(t *testing.T, from, to string) {
	t.Helper()
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
}

// A directory that is renamed into the place of the old one is served by requests within a second, by a reload at once;
// until then, and by those who have files open, the old one is.
func TestDirectoryReplaced(t *testing.T) {
	for name, notice := range map[string]func(*images.Store) error{
		"by requests": func(*images.Store) error { time.Sleep(time.Second); return nil },
		"by a reload": (*images.Store).Refresh,
	} {
		t.Run(name, func(t *testing.T) {
			base := t.TempDir()
			dir := filepath.Join(base, "images")
			write(t, filepath.Join(dir, "linux"), "old")
			write(t, filepath.Join(base, "new/linux"), "new")
			write(t, filepath.Join(base, "new/added"), "new")
			synctest.Test(t, func(t *testing.T) {
				s := open(t, dir)
				before := s.Names()
				f, err := s.Open("linux")
				if err != nil {
					t.Fatal(err)
				}
				rename(t, dir, filepath.Join(base, "old"))
				rename(t, filepath.Join(base, "new"), dir)
				if got := whose(t, s, "linux"); got != "old" {
					t.Errorf("the path is looked at for every request: got %q", got)
				}
				if err := notice(s); err != nil {
					t.Fatal(err)
				}
				if got := whose(t, s, "linux"); got != "new" {
					t.Errorf("got the file of the %s directory, want that of the new one", got)
				}
				if !slices.Contains(s.Names(), "added") || slices.Contains(before, "added") {
					t.Errorf("names before %q, after %q: want those of the new directory", before, s.Names())
				}
				if got := read(t, f); got != "old" {
					t.Errorf("an open file gave %q after the directory was replaced", got)
				}
			})
		})
	}
}

// A symbolic link that leads elsewhere now is another directory, too.
func TestLinkReplaced(t *testing.T) {
	base := t.TempDir()
	write(t, filepath.Join(base, "v1/linux"), "one")
	write(t, filepath.Join(base, "v2/linux"), "two")
	current := filepath.Join(base, "current")
	link(t, "v1", current)
	s := open(t, current)
	link(t, "v2", current+".new")
	rename(t, current+".new", current)
	if err := s.Refresh(); err != nil {
		t.Fatal(err)
	}
	if got := whose(t, s, "linux"); got != "two" {
		t.Errorf("got %q, want the new directory's", got)
	}
}

// A directory that is gone leaves the embedded loaders; when it comes back, as after a mount, requests find it at once.
func TestDirectoryGone(t *testing.T) {
	base := t.TempDir()
	dir := filepath.Join(base, "images")
	write(t, filepath.Join(dir, "linux"), "kernel")
	synctest.Test(t, func(t *testing.T) {
		s := open(t, dir)
		rename(t, dir, dir+".away")
		time.Sleep(time.Second)
		if got := whose(t, s, "linux"); got != "" || s.Note() == "" {
			t.Errorf("a directory that is gone gives %q, note %q", got, s.Note())
		}
		if slices.Contains(s.Names(), "linux") || !slices.Contains(s.Names(), "ipxe.efi") {
			t.Errorf("names without a directory: %q", s.Names())
		}
		rename(t, dir+".away", dir)
		if got := whose(t, s, "linux"); got != "kernel" || s.Note() != "" {
			t.Errorf("a directory that is back gives %q, note %q", got, s.Note())
		}
	})
}

func TestReplacedFileKeepsItsBytes(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "linux")
	write(t, path, strings.Repeat("a", 300_000))
	s := open(t, dir)
	f, err := s.Open("linux")
	if err != nil {
		t.Fatal(err)
	}
	write(t, path+".new", strings.Repeat("b", 300_000))
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
	if got := read(t, f); got != strings.Repeat("a", 300_000) {
		t.Error("the open file changed")
	}
	g, err := s.Open("linux")
	if err != nil {
		t.Fatal(err)
	}
	if f.Version() == g.Version() {
		t.Error("old and new bytes have the same version")
	}
}

func TestChangedInPlace(t *testing.T) {
	for name, change := range map[string]func(path string) error{
		"truncated": func(path string) error { return os.Truncate(path, 10) },
		"grown":     func(path string) error { return os.Truncate(path, 400_000) },
		"rewritten": func(path string) error {
			if err := os.WriteFile(path, bytes.Repeat([]byte("b"), 300_000), 0o644); err != nil {
				return err
			}
			// File systems stamp with the clock's last tick, which may still be that of the first writing.
			later := time.Now().Add(time.Second)
			return os.Chtimes(path, later, later)
		},
	} {
		for _, block := range []int{512, 1468, 65464} {
			t.Run(name, func(t *testing.T) {
				dir := t.TempDir()
				path := filepath.Join(dir, "linux")
				write(t, path, strings.Repeat("a", 300_000))
				f, err := open(t, dir).Open("linux")
				if err != nil {
					t.Fatal(err)
				}
				defer f.Close()
				buf := make([]byte, block)
				if _, err := f.ReadAt(buf, 0); err != nil {
					t.Fatal(err)
				}
				if err := change(path); err != nil {
					t.Fatal(err)
				}
				if err := readBlocks(f, block); !errors.Is(err, diskfile.ErrChanged) {
					t.Errorf("a transfer in blocks of %d ended with %v, want ErrChanged", block, err)
				}
			})
		}
	}
}

// readBlocks reads as a transfer does: to the announced size, in blocks.
func readBlocks(f boot.File, block int) error {
	buf := make([]byte, block)
	for off := int64(0); off < f.Size(); off += int64(block) {
		want := min(int64(block), f.Size()-off)
		if n, err := f.ReadAt(buf[:want], off); int64(n) != want {
			return err
		}
	}
	return nil
}

func TestNames(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "tiny/linux"), "x")
	write(t, filepath.Join(dir, "tiny/initrd.gz"), "x")
	write(t, filepath.Join(dir, ".hidden"), "x")
	write(t, filepath.Join(dir, ".git/config"), "x")
	write(t, filepath.Join(dir, "undionly.kpxe"), "x")
	link(t, "tiny/linux", filepath.Join(dir, "vmlinuz"))
	link(t, "tiny", filepath.Join(dir, "dir"))
	link(t, "/etc/passwd", filepath.Join(dir, "passwd"))
	want := []string{"ipxe-arm64.efi", "ipxe-loongarch64.efi", "ipxe-riscv64.efi", "ipxe.efi", "snp-arm64.efi", "snponly.efi", "tiny/initrd.gz", "tiny/linux", "undionly.kpxe", "vmlinuz"}
	s := open(t, dir)
	if diff := cmp.Diff(want, s.Names()); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
	for _, name := range s.Names() {
		f, err := s.Open(name)
		if err != nil {
			t.Errorf("listed, but %v", err)
			continue
		}
		f.Close()
	}
}

func TestFold(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "Boot/BCD"), "x")
	write(t, filepath.Join(dir, "twice"), "x")
	write(t, filepath.Join(dir, "Twice"), "x")
	s := open(t, dir)
	for asked, want := range map[string]string{"boot/bcd": "Boot/BCD", "BOOT/BCD": "Boot/BCD", "IPXE.EFI": "ipxe.efi", "TWICE": "", "boot": "", "absent": ""} {
		if got, ok := s.Fold(asked); got != want || ok != (want != "") {
			t.Errorf("Fold(%q) = %q, %v; want %q", asked, got, ok, want)
		}
	}
}

func open(t *testing.T, dir string) *images.Store {
	t.Helper()
	s, err := images.Open(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func read(t *testing.T, f boot.File) string {
	t.Helper()
	b, err := io.ReadAll(io.NewSectionReader(f, 0, f.Size()))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func link(t *testing.T, target, path string) {
	t.Helper()
	if err := os.Symlink(target, path); err != nil {
		t.Fatal(err)
	}
}
