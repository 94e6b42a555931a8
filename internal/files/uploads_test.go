// SPDX-License-Identifier: Apache-2.0

package files

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/bootlace-net/bootlace/tftpd"
)

func uploads(t *testing.T, dir string) *UploadDir {
	t.Helper()
	d, err := OpenUploadDir(dir, roomy)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

// roomy are quotas that nothing here reaches.
var roomy = Quotas{MaxFile: 16 << 20, MaxTotal: 1 << 30, MaxFiles: 10_000}

func wrq(name string) *tftpd.Request {
	return &tftpd.Request{Name: name, Remote: netip.MustParseAddrPort("10.0.0.5:2000"), Write: true}
}

// names lists what is in a directory.
func names(t *testing.T, dir string) string {
	t.Helper()
	all, err := filepath.Glob(filepath.Join(dir, "*"))
	hidden, err2 := filepath.Glob(filepath.Join(dir, ".*"))
	if err != nil || err2 != nil {
		t.Fatal(err, err2)
	}
	var base []string
	for _, n := range append(all, hidden...) {
		base = append(base, filepath.Base(n))
	}
	return fmt.Sprint(base)
}

func TestUploadDir(t *testing.T) {
	put := func(d *UploadDir, name, text string, announced int64) error {
		r := wrq(name)
		u, err := d.Create(context.Background(), r, announced)
		if err != nil {
			return err
		}
		if _, err := u.Write([]byte(text)); err != nil {
			return errors.Join(err, u.Abort())
		}
		if err := u.Commit(); err != nil {
			return errors.Join(err, u.Abort())
		}
		return nil
	}
	for _, tt := range []struct {
		name      string
		set       *UploadDir
		file      string
		text      string
		announced int64
		code      tftpd.Code // 99: it works
	}{
		{"new", &UploadDir{Quotas: roomy}, "b", "new", -1, 99},
		{"announced", &UploadDir{Quotas: roomy}, "b", "new", 3, 99},
		{"exists", &UploadDir{Quotas: roomy}, "a", "new", -1, tftpd.CodeExists},
		{"overwritten", &UploadDir{Quotas: roomy, Overwrite: true}, "a", "new", -1, 99},
		{"climbs", &UploadDir{Quotas: roomy}, "../b", "new", -1, tftpd.CodeAccess},
		{"no such directory", &UploadDir{Quotas: roomy}, "x/b", "new", -1, tftpd.CodeNotFound},
		{"by address", &UploadDir{Quotas: roomy, Folder: ByAddress}, "a", "new", -1, 99},
		{"folder refuses", &UploadDir{Quotas: roomy, Folder: func(*tftpd.Request) (string, string, error) { return "", "", errors.New("who?") }}, "b", "new", -1, tftpd.CodeAccess},
		{"too large", &UploadDir{Quotas: Quotas{2, 100, 100}}, "b", "new", -1, tftpd.CodeDiskFull},
		{"announced too large", &UploadDir{Quotas: Quotas{2, 100, 100}}, "b", "n", 3, tftpd.CodeDiskFull},
		{"all too large", &UploadDir{Quotas: Quotas{100, 5, 100}}, "b", "new", -1, tftpd.CodeDiskFull},
		{"too many", &UploadDir{Quotas: Quotas{100, 100, 1}}, "b", "new", -1, tftpd.CodeDiskFull},
		{"a directory", &UploadDir{Quotas: roomy, Overwrite: true}, "sub", "new", -1, tftpd.CodeExists},
		{"name of an unfinished one", &UploadDir{Quotas: roomy}, ".upload-x", "new", -1, tftpd.CodeAccess},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := tree(t, map[string]string{"a": "old", ".upload-dead": "left by a crash", "sub/c": ""})
			os.Remove(filepath.Join(dir, "sub/c"))
			d, err := OpenUploadDir(dir, tt.set.Quotas)
			if err != nil {
				t.Fatal(err)
			}
			defer d.Close()
			d.Overwrite, d.Folder = tt.set.Overwrite, tt.set.Folder
			err = put(d, tt.file, tt.text, tt.announced)
			if tt.code == 99 && err != nil || tt.code != 99 && (err == nil || tftpd.CodeOf(err) != tt.code) {
				t.Errorf("error %v, want code %d", err, tt.code)
			}
			bytes, files, stored := int64(0), 0, ""
			filepath.WalkDir(dir, func(p string, e fs.DirEntry, err error) error {
				if strings.Contains(p, partial) {
					t.Errorf("%s is left", p)
				}
				if b, err := os.ReadFile(p); err == nil {
					bytes, files, stored = bytes+int64(len(b)), files+1, stored+" "+string(b)
				}
				return nil
			})
			if d.stored.bytes != bytes || d.stored.files != files {
				t.Errorf("it counts %d bytes in %d files, there are %d in %d", d.stored.bytes, d.stored.files, bytes, files)
			}
			if strings.Contains(stored, "new") != (tt.code == 99) {
				t.Errorf("stored:%s", stored)
			}
		})
	}
}

func TestForgedUploadsCostNothing(t *testing.T) {
	dir := t.TempDir()
	d := uploads(t, dir)
	d.MaxTotal, d.MaxFiles, d.Folder = 100, 1, ByAddress
	for i := range 50 {
		r := wrq("a")
		r.Remote = netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 1, 1, byte(i)}), 2000)
		if _, err := d.Create(context.Background(), r, 100); err != nil {
			t.Fatalf("request %d: %v", i, err)
		}
	}
	if got := names(t, dir); got != "[]" || d.stored.bytes != 0 || d.stored.files != 0 {
		t.Errorf("requests without data left %s, %d bytes, %d files", got, d.stored.bytes, d.stored.files)
	}
}

func TestUploadsOfOneName(t *testing.T) {
	for _, overwrite := range []bool{false, true} {
		dir := tree(t, map[string]string{"b": "old"})
		d := uploads(t, dir)
		d.Overwrite = overwrite
		var wg sync.WaitGroup
		stored := make(chan error, 20)
		for i := range 20 {
			wg.Go(func() {
				u, err := d.Create(context.Background(), wrq("a"), -1)
				if err == nil {
					if _, err = u.Write(bytes.Repeat([]byte{byte(i)}, 1000)); err == nil {
						err = u.Commit()
					}
					if err != nil {
						err = errors.Join(err, u.Abort())
					}
				}
				stored <- err
			})
		}
		wg.Wait()
		close(stored)
		good := 0
		for err := range stored {
			if err == nil {
				good++
			} else if tftpd.CodeOf(err) != tftpd.CodeExists {
				t.Error(err)
			}
		}
		if want := 1; !overwrite && good != want || overwrite && good != 20 {
			t.Errorf("overwrite %v: %d of 20 were stored", overwrite, good)
		}
		b, err := os.ReadFile(filepath.Join(dir, "a"))
		if err != nil || len(b) != 1000 || !bytes.Equal(b, bytes.Repeat(b[:1], 1000)) {
			t.Errorf("the file is not one of the uploads: %d bytes, %v", len(b), err)
		}
		if d.stored.bytes != 1003 || d.stored.files != 2 || d.active != 0 || names(t, dir) != "[a b]" {
			t.Errorf("it counts %d bytes, %d files, %d active; there is %s", d.stored.bytes, d.stored.files, d.active, names(t, dir))
		}
	}
}

func TestUploadsStayInside(t *testing.T) {
	dir := tree(t, map[string]string{"in/a": "", "out/secret": "outside"})
	in := filepath.Join(dir, "in")
	for link, target := range map[string]string{"file": "../out/secret", "dir": "../out", "dangling": "../out/new", "inner": "a"} {
		if err := os.Symlink(target, filepath.Join(in, link)); err != nil {
			t.Fatal(err)
		}
	}
	d := uploads(t, in)
	d.Overwrite = true
	for name, code := range map[string]tftpd.Code{
		"../out/x": tftpd.CodeAccess, `..\out\x`: tftpd.CodeAccess, "dir/x": tftpd.CodeAccess, "file": tftpd.CodeExists, "dangling": tftpd.CodeExists, "inner": tftpd.CodeExists,
		"a/b": tftpd.CodeAccess, "x\x1b[2J": tftpd.CodeAccess, "line\nbreak": tftpd.CodeAccess, "\xc3(": tftpd.CodeAccess, "": tftpd.CodeNotFound, ".upload-x": tftpd.CodeAccess,
		string(bytes.Repeat([]byte("n"), 300)): tftpd.CodeAccess,
	} {
		u, err := d.Create(context.Background(), wrq(name), -1)
		if err == nil {
			if _, err = u.Write([]byte("new")); err == nil {
				err = u.Commit()
			}
		}
		if err == nil || tftpd.CodeOf(err) != code {
			t.Errorf("%q: %v, want error %d", name, err, code)
		}
	}
	if b, err := os.ReadFile(filepath.Join(dir, "out/secret")); err != nil || string(b) != "outside" || names(t, filepath.Join(dir, "out")) != "[secret]" {
		t.Errorf("outside changed: %q, %v", b, err)
	}
}

func TestFolderOfAnAbortedUpload(t *testing.T) {
	dir := t.TempDir()
	d := uploads(t, dir)
	d.Folder = ByAddress
	u, err := d.Create(context.Background(), wrq("a"), -1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := u.Write([]byte("half")); err != nil {
		t.Fatal(err)
	}
	if got := names(t, dir); got != "[10.0.0.5]" {
		t.Errorf("while it runs: %s", got)
	}
	if err := u.Abort(); err != nil {
		t.Fatal(err)
	}
	if got := names(t, dir); got != "[]" || d.stored.files != 0 || d.stored.bytes != 0 || d.active != 0 {
		t.Errorf("after it was aborted: %s, %d files, %d bytes, %d active", got, d.stored.files, d.stored.bytes, d.active)
	}
}

func TestUploadsAtOnce(t *testing.T) {
	d := uploads(t, t.TempDir())
	d.mostActive = 1
	var all []tftpd.Upload
	for _, name := range []string{"a", "b"} {
		u, err := d.Create(context.Background(), wrq(name), -1)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, u)
	}
	if _, err := all[0].Write([]byte("x")); err != nil {
		t.Fatal(err)
	}
	if _, err := all[1].Write([]byte("x")); !errors.Is(err, errActive) || tftpd.CodeOf(err) != tftpd.CodeUndefined {
		t.Errorf("the second: %v", err)
	}
}
