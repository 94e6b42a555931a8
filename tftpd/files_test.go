// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
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

func read(t *testing.T, o Opener, name string) (string, error) {
	t.Helper()
	c, err := o.Open(context.Background(), &Request{Name: name, Remote: netip.MustParseAddrPort("10.0.0.5:2000")})
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
	for _, name := range []string{"a", "/a", "//a", "./a", "a/", `\a`, "good", "sub/b", `sub\b`, "/sub//b", "sub/./b"} {
		if got, err := read(t, d, name); err != nil || (got != "inside" && got != "below") {
			t.Errorf("%q = %q, %v", name, got, err)
		}
	}
	for name, code := range map[string]Code{
		"nope": CodeNotFound, "": CodeNotFound, "/": CodeNotFound, ".": CodeNotFound, "sub": CodeNotFound, "sub/": CodeNotFound,
		"a/b": CodeNotFound, "sub/nope/x": CodeNotFound, "a\xff": CodeNotFound, "a ": CodeNotFound, "A": CodeNotFound,
		"..": CodeAccess, "../secret": CodeAccess, "sub/../../secret": CodeAccess, "sub/..": CodeAccess, `..\secret`: CodeAccess,
		"../root-secret/s": CodeAccess, "out": CodeAccess, "abs": CodeAccess, "dir/secret": CodeNotFound, "fifo": CodeAccess,
		"....//secret": CodeNotFound, "..././secret": CodeNotFound, "C:/secret": CodeNotFound, "%2e%2e/secret": CodeNotFound,
		"/etc/passwd": CodeNotFound, "/proc/self/environ": CodeNotFound, strings.Repeat("x/", 3000): CodeNotFound,
		strings.Repeat("x", 300): CodeNotFound, "loop": CodeNotFound,
	} {
		got, err := read(t, d, name)
		if err == nil {
			t.Errorf("%q was opened: %q", name, got)
		} else if c := codeOf(err); c != code && !(code == CodeNotFound && c == CodeAccess && (name == "loop" || len(name) > 255)) {
			t.Errorf("%q: error %d (%v), want %d", name, c, err, code)
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
	open := func() Content {
		c, err := d.Open(context.Background(), &Request{Name: "a"})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		return c
	}
	first := open()
	if v := first.(*file).Version(); v != open().(*file).Version() {
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
	if first.(*file).Version() == second.(*file).Version() {
		t.Error("two files are one version")
	}
	// the same file rewritten in place
	if err := os.WriteFile(filepath.Join(dir, "a"), []byte("newer"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(filepath.Join(dir, "a"), time.Time{}, time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if _, err := second.ReadAt(b[:3], 0); !errors.Is(err, errChanged) {
		t.Errorf("after rewriting in place: %v", err)
	}
}

func TestNames(t *testing.T) {
	d, err := OpenDir(tree(t, map[string]string{
		"Boot/BCD": "bcd", "pxelinux.0": "pxe", "hosts/10.0.0.5/conf": "mine", "hosts/52-54-00-12-34-56/conf": "by mac", "conf": "all",
		"two": "lower", "TWO": "upper",
	}))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	rules := func(texts ...string) (rs []Rule) {
		for _, s := range texts {
			r, err := ParseRule(s)
			if err != nil {
				t.Fatal(err)
			}
			rs = append(rs, r)
		}
		return rs
	}
	mac := func(Request) ([6]byte, bool) { return [6]byte{0x52, 0x54, 0, 0x12, 0x34, 0x56}, true }
	for _, tt := range []struct {
		names Names
		ask   string
		want  string // or error code
	}{
		{Names{}, `\Boot\BCD`, "bcd"},
		{Names{}, "//Boot//BCD", "bcd"},
		{Names{}, "pxelinux.0\xff", "pxe"},
		{Names{}, "pxelinux.0\x01\xff\xff", "pxe"},
		{Names{}, "pxelinux.0\xffleft over", "pxe"},
		{Names{}, "pxelinux.0 \r\n", "pxe"},
		{Names{}, "\xff", "1"},
		{Names{}, "boot/bcd", "1"},
		{Names{FoldCase: true}, "boot/bcd", "bcd"},
		{Names{FoldCase: true}, `\BOOT\BCD`, "bcd"},
		{Names{FoldCase: true}, "Two", "1"},
		{Names{FoldCase: true}, "TWO", "upper"},
		{Names{FoldCase: true}, "../BOOT/bcd", "2"},
		{Names{Rules: rules("^tftpboot/=", "x=y")}, "/tftpboot/pxelinux.0", "pxe"},
		{Names{Rules: rules(`^(.*)\.efi$=$1.0`)}, "pxelinux.efi", "pxe"},
		{Names{Rules: rules(`^private=!`)}, "private/key", "2"},
		{Names{Rules: rules(`^=../`)}, "secret", "2"},
		{Names{PerAddress: "hosts/%a"}, "conf", "mine"},
		{Names{PerAddress: "hosts/%a"}, "pxelinux.0", "pxe"},
		{Names{PerAddress: "hosts/%m"}, "conf", "all"},
		{Names{PerAddress: "hosts/%m", MAC: mac}, "conf", "by mac"},
		{Names{PerAddress: "hosts/%a"}, "../10.0.0.6/conf", "2"},
	} {
		tt.names.Opener = d
		got, err := read(t, &tt.names, tt.ask)
		if err != nil {
			got = codeOf(err).Label()
		}
		if got != tt.want {
			t.Errorf("%q with %+v = %q (%v), want %q", tt.ask, tt.names, got, err, tt.want)
		}
	}
	for _, bad := range []string{"", "x", "(=y"} {
		if _, err := ParseRule(bad); err == nil {
			t.Errorf("rule %q was accepted", bad)
		}
	}
}

func TestNetascii(t *testing.T) {
	for _, tt := range []struct{ disk, wire string }{
		{"", ""}, {"a", "a"}, {"\n", "\r\n"}, {"\r", "\r\x00"}, {"\r\n", "\r\x00\r\n"}, {"a\nb\rc", "a\r\nb\r\x00c"}, {"\n\n\r\r", "\r\n\r\n\r\x00\r\x00"},
		{strings.Repeat("line\nother\r", 30000), strings.Repeat("line\r\nother\r\x00", 30000)},
	} {
		c, err := newNetascii(Bytes(tt.disk))
		if err != nil {
			t.Fatal(err)
		}
		if c.Size() != int64(len(tt.wire)) {
			t.Errorf("size %d, want %d", c.Size(), len(tt.wire))
		}
		for _, block := range []int{1, 7, 512, 100_000} {
			if len(tt.wire) > 1000 && block < 100 {
				continue
			}
			var got []byte
			for off := 0; off < len(tt.wire); off += block {
				b := make([]byte, min(block, len(tt.wire)-off))
				if n, err := c.ReadAt(b, int64(off)); n != len(b) {
					t.Fatalf("ReadAt(%d, %d) = %d, %v", len(b), off, n, err)
				}
				got = append(got, b...)
			}
			if string(got) != tt.wire {
				t.Errorf("%.20q in blocks of %d is %.20q", tt.disk, block, got)
			}
			var back []byte
			u := &unascii{}
			for off := 0; off < len(tt.wire); off += block {
				back = u.append(back, []byte(tt.wire[off:min(off+block, len(tt.wire))]))
			}
			if string(back) != tt.disk {
				t.Errorf("%.20q comes back as %.20q", tt.disk, back)
			}
		}
	}
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
		code      Code // 99: it works
	}{
		{"new", &UploadDir{}, "b", "new", -1, 99},
		{"announced", &UploadDir{}, "b", "new", 3, 99},
		{"exists", &UploadDir{}, "a", "new", -1, CodeExists},
		{"overwritten", &UploadDir{Overwrite: true}, "a", "new", -1, 99},
		{"climbs", &UploadDir{}, "../b", "new", -1, CodeAccess},
		{"no such directory", &UploadDir{}, "x/b", "new", -1, CodeNotFound},
		{"by address", &UploadDir{Folder: ByAddress}, "a", "new", -1, 99},
		{"folder refuses", &UploadDir{Folder: func(Request) (string, string, error) { return "", "", errors.New("who?") }}, "b", "new", -1, CodeAccess},
		{"too large", &UploadDir{MaxFile: 2}, "b", "new", -1, CodeDiskFull},
		{"announced too large", &UploadDir{MaxFile: 2}, "b", "n", 3, CodeDiskFull},
		{"all too large", &UploadDir{MaxTotal: 5}, "b", "new", -1, CodeDiskFull},
		{"too many", &UploadDir{MaxFiles: 1}, "b", "new", -1, CodeDiskFull},
		{"a directory", &UploadDir{Overwrite: true}, "sub", "new", -1, CodeExists},
		{"name of an unfinished one", &UploadDir{}, ".upload-x", "new", -1, CodeAccess},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := tree(t, map[string]string{"a": "old", ".upload-dead": "left by a crash", "sub/c": ""})
			os.Remove(filepath.Join(dir, "sub/c"))
			d, err := OpenUploadDir(dir)
			if err != nil {
				t.Fatal(err)
			}
			defer d.Close()
			d.Overwrite, d.MaxFile, d.MaxTotal, d.MaxFiles, d.Folder = tt.set.Overwrite, tt.set.MaxFile, tt.set.MaxTotal, tt.set.MaxFiles, tt.set.Folder
			err = put(d, tt.file, tt.text, tt.announced)
			if tt.code == 99 && err != nil || tt.code != 99 && (err == nil || storeCode(err) != tt.code) {
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
			if d.bytes != bytes || d.files != files {
				t.Errorf("it counts %d bytes in %d files, there are %d in %d", d.bytes, d.files, bytes, files)
			}
			if strings.Contains(stored, "new") != (tt.code == 99) {
				t.Errorf("stored:%s", stored)
			}
		})
	}
}

func TestParseRequest(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want Request
		err  error
	}{
		{"\x00\x01a\x00octet\x00", Request{Name: "a"}, nil},
		{"\x00\x02a\x00NETASCII\x00", Request{Name: "a", Mode: Netascii, Write: true}, nil},
		{"\x00\x01a\x00octet\x00TSIZE\x000\x00tsize\x001\x00", Request{Name: "a", Options: []Option{{"tsize", "0"}}}, nil},
		{"\x00\x01a\x00octet\x00x", Request{Name: "a"}, nil},
		{"\x00\x01a\x00octet\x00x\x00y", Request{Name: "a"}, nil},
		{"\x00\x01a\x00octet\x00\x00\x00", Request{Name: "a"}, nil},
		{"\x00\x01" + strings.Repeat("a", 600) + "\x00octet\x00", Request{}, errMalformed},
		{"\x00\x01\x00octet\x00", Request{}, errMalformed},
		{"\x00\x01a", Request{}, errMalformed},
		{"\x00\x01a\x00octet", Request{}, errMalformed},
		{"\x00\x01a\x00binary\x00", Request{}, errMalformed},
		{"\x00\x03\x00\x01", Request{}, errNotRequest},
		{"", Request{}, errNotRequest},
	} {
		got, err := parseRequest([]byte(tt.in))
		if !errors.Is(err, tt.err) {
			t.Errorf("%.40q: %v, want %v", tt.in, err, tt.err)
		}
		if diff := cmp.Diff(tt.want, got, cmp.Comparer(func(a, b netip.AddrPort) bool { return a == b })); err == nil && diff != "" {
			t.Errorf("%.40q (-want +got)\n%s", tt.in, diff)
		}
	}
}

func TestClassify(t *testing.T) {
	for _, tt := range []struct {
		request string
		want    Class
	}{
		{"a octet", Other},
		{"a octet blksize=1432 tsize=0", IPXE},
		{"a octet tsize=0 blksize=1468 windowsize=4", EDK2},
		{"a octet blksize=1468 windowsize=4", EDK2},
		{"/grub.cfg octet blksize=1024 tsize=0", GRUB},
		{"a octet tsize=0 blksize=1408", PXELINUX},
		{"a octet timeout=5 blksize=1468", UBoot},
		{"a octet tsize=0 blksize=1456 windowsize=4 msftwindow=31416", WindowsBoot},
		{"4ab1/start4.elf octet tsize=0 blksize=1024", RaspberryPi},
		{"a octet blksize=1400 windowsize=16", Other},
		{"a octet tsize=0 blksize=512 timeout=6", Other},
	} {
		f := strings.Fields(tt.request)
		r, err := parseRequest(append([]byte{0, 1}, options(append([]string{f[0] + "=" + f[1]}, f[2:]...))...))
		if err != nil {
			t.Fatal(err)
		}
		if got := classify(&r); got != tt.want {
			t.Errorf("%s is %v, want %v", tt.request, got, tt.want)
		}
	}
}

func ExampleServer() {
	dir, err := OpenDir("/srv/tftp")
	if err != nil {
		fmt.Println(err)
		return
	}
	s := &Server{Opener: &Names{Opener: dir, FoldCase: true}, Addrs: []netip.AddrPort{netip.MustParseAddrPort("192.168.1.1:69")}}
	if err := s.Listen(); err != nil { // privileges can be dropped after this
		fmt.Println(err)
		return
	}
	fmt.Println(s.Serve(context.Background()))
}
