// SPDX-License-Identifier: Apache-2.0

package files

import (
	"context"
	"errors"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/internal/diskfile"
	"github.com/bootlace-net/bootlace/tftpd"
)

// tree makes a directory with files; a name that ends in / is a directory.
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		full := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func read(t *testing.T, o tftpd.Opener, name string) (string, error) {
	t.Helper()
	c, err := o.Open(context.Background(), &tftpd.Request{Name: name, Remote: netip.MustParseAddrPort("10.0.0.5:2000")})
	if err != nil {
		return "", err
	}
	defer c.Close()
	b, err := io.ReadAll(io.NewSectionReader(c, 0, c.Size()))
	return string(b), err
}

func TestDirStaysInside(t *testing.T) {
	dir := tree(t, map[string]string{"root/a": "inside", "root/sub/b": "below", "secret": "outside", "root-secret/s": "sibling"})
	root := filepath.Join(dir, "root")
	for link, target := range map[string]string{"good": "a", "out": "../secret", "abs": "/etc/passwd", "dir": "..", "loop": "loop"} {
		if err := os.Symlink(target, filepath.Join(root, link)); err != nil {
			t.Fatal(err)
		}
	}
	if err := mkfifo(filepath.Join(root, "fifo"), 0o644); err != nil {
		t.Fatal(err)
	}
	d, err := OpenDir(root)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	for _, name := range []string{"a", "/a", "//a", "./a", "a/", `\a`, "good", "sub/b", `sub\b`, "/sub//b", "sub/./b", "a\xff", "a "} {
		if got, err := read(t, d, name); err != nil || (got != "inside" && got != "below") {
			t.Errorf("%q = %q, %v", name, got, err)
		}
	}
	for name, code := range map[string]tftpd.Code{
		"nope": tftpd.CodeNotFound, "": tftpd.CodeNotFound, "/": tftpd.CodeNotFound, ".": tftpd.CodeNotFound, "sub": tftpd.CodeNotFound, "sub/": tftpd.CodeNotFound,
		"a/b": tftpd.CodeNotFound, "sub/nope/x": tftpd.CodeNotFound, "A": tftpd.CodeNotFound,
		"..": tftpd.CodeAccess, "../secret": tftpd.CodeAccess, "sub/../../secret": tftpd.CodeAccess, "sub/..": tftpd.CodeAccess, `..\secret`: tftpd.CodeAccess,
		"../root-secret/s": tftpd.CodeAccess, "out": tftpd.CodeAccess, "abs": tftpd.CodeAccess, "dir/secret": tftpd.CodeNotFound, "fifo": tftpd.CodeAccess,
		"....//secret": tftpd.CodeNotFound, "..././secret": tftpd.CodeNotFound, "C:/secret": tftpd.CodeNotFound, "%2e%2e/secret": tftpd.CodeNotFound,
		"/etc/passwd": tftpd.CodeNotFound, "/proc/self/environ": tftpd.CodeNotFound, strings.Repeat("x/", 3000): tftpd.CodeNotFound,
		strings.Repeat("x", 300): tftpd.CodeNotFound, "loop": tftpd.CodeNotFound,
	} {
		got, err := read(t, d, name)
		if err == nil {
			t.Errorf("%q was opened: %q", name, got)
		} else if c := tftpd.CodeOf(err); c != code && !(code == tftpd.CodeNotFound && c == tftpd.CodeAccess && (name == "loop" || len(name) > 255)) {
			t.Errorf("%q: error %d (%v), want %d", name, c, err, code)
		}
	}
}

// TestAbsoluteLinksInside: they are followed, and so are names in another case through them.
func TestAbsoluteLinksInside(t *testing.T) {
	root := tree(t, map[string]string{"v2/Boot/BCD": "inside"})
	for link, target := range map[string]string{"current": filepath.Join(root, "v2"), "outside": filepath.Dir(root)} {
		if err := os.Symlink(target, filepath.Join(root, link)); err != nil {
			t.Fatal(err)
		}
	}
	d, err := OpenDir(root)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	n := &Names{Opener: d, FoldCase: true}
	for _, name := range []string{"current/Boot/BCD", `\Current\boot\bcd`} {
		if got, err := read(t, n, name); got != "inside" {
			t.Errorf("%s = %q, %v", name, got, err)
		}
	}
	for _, name := range []string{"outside/" + filepath.Base(root) + "/v2/Boot/BCD", "OUTSIDE/x", "outside"} {
		if got, err := read(t, n, name); err == nil {
			t.Errorf("%s was opened: %q", name, got)
		}
	}
}

func TestFileThatChangesIsNotTorn(t *testing.T) {
	dir := tree(t, map[string]string{"a": strings.Repeat("old ", 1000)})
	d, err := OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	open := func() tftpd.Content {
		c, err := d.Open(context.Background(), &tftpd.Request{Name: "a"})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		return c
	}
	first := open()
	if v := first.(*diskfile.File).Version(); v != open().(*diskfile.File).Version() {
		t.Error("two opens of the same file are two versions")
	}
	// another file under the same name: the first goes on with what it was
	if err := os.WriteFile(filepath.Join(dir, "b"), []byte("new"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(dir, "b"), filepath.Join(dir, "a")); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 4)
	if _, err := first.ReadAt(b, 0); err != nil || string(b) != "old " {
		t.Errorf("after a rename: %q, %v", b, err)
	}
	second := open()
	if first.(*diskfile.File).Version() == second.(*diskfile.File).Version() {
		t.Error("two files are one version")
	}
	// the same file rewritten in place
	if err := os.WriteFile(filepath.Join(dir, "a"), []byte("newer"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(filepath.Join(dir, "a"), time.Time{}, time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if _, err := second.ReadAt(b[:3], 0); !errors.Is(err, diskfile.ErrChanged) {
		t.Errorf("after rewriting in place: %v", err)
	}
}
