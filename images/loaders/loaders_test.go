// SPDX-License-Identifier: Apache-2.0

package loaders_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"

	"github.com/bootlace-net/bootlace/images/loaders"
	"github.com/bootlace-net/bootlace/internal/pe"
	"github.com/bootlace-net/bootlace/internal/pe/petest"
)

// Programs of each kind.
func ipxe(machine uint16) []byte {
	return petest.Program(machine, petest.Section{Name: ".sbat", Data: []byte("ipxe,1,iPXE,ipxe.efi,2.0.0,u\n")})
}

func shim() []byte {
	return petest.Program(0x8664, petest.Section{Name: ".vendor_cert", Data: make([]byte, 16)})
}

func grub() []byte {
	return petest.Program(0x8664, petest.Section{Name: ".sbat", Data: []byte("grub,5,g,grub2,2.12,u\n")})
}

// item is a file of an archive, or a link.
type item struct {
	name, link string
	hard       bool
	body       []byte
}

func tarball(t testing.TB, items ...item) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, i := range items {
		h := &tar.Header{Name: i.name, Mode: 0o644, Size: int64(len(i.body)), Typeflag: tar.TypeReg, Linkname: i.link}
		switch {
		case i.hard:
			h.Typeflag = tar.TypeLink
		case i.link != "":
			h.Typeflag = tar.TypeSymlink
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(i.body); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func pressed(t testing.TB, how string, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	var w io.WriteCloser
	var err error
	switch how {
	case "gz":
		w = gzip.NewWriter(&out)
	case "xz":
		w, err = xz.NewWriter(&out)
	case "zst":
		w, err = zstd.NewWriter(&out)
	default:
		return b
	}
	if err == nil {
		_, err = w.Write(b)
	}
	if err = errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// deb is a Debian package of that data.
func deb(how string, data []byte) []byte {
	b := []byte("!<arch>\n")
	for _, m := range []struct {
		name string
		body []byte
	}{{"debian-binary", []byte("2.0\n")}, {"control.tar.gz", []byte("odd")}, {"data.tar." + how, data}} {
		b = append(b, fmt.Sprintf("%-16s%-12d%-6d%-6d%-8s%-10d`\n", m.name, 0, 0, 0, "100644", len(m.body))...)
		b = append(b, m.body...)
		if len(m.body)%2 == 1 {
			b = append(b, '\n')
		}
	}
	return b
}

func save(t testing.TB, name string, b []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func add(t testing.TB, images, name string, sources ...string) *loaders.Set {
	t.Helper()
	s, err := loaders.Add(images, name, false, time.Unix(1e9, 0), sources...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// signed is laid out as iPXE's releases are.
func signed() []item {
	return []item{
		{name: "ipxeboot/README", body: []byte("text")}, {name: "ipxeboot/x86_64/ipxe.efi", body: ipxe(0x8664)}, {name: "ipxeboot/x86_64/ipxe-legacy.efi", body: ipxe(0x8664)},
		{name: "ipxeboot/x86_64/snponly.efi", body: ipxe(0x8664)}, {name: "ipxeboot/x86_64/undionly.kpxe", body: []byte("bios")}, {name: "ipxeboot/x86_64/ipxe.pxe", body: []byte("bios too")},
		{name: "ipxeboot/arm64/snponly.efi", body: ipxe(0xaa64)}, {name: "ipxeboot/riscv64/ipxe.efi", body: ipxe(0x5064)},
		{name: "ipxeboot/x86_64-sb/ipxe.efi", body: ipxe(0x8664)}, {name: "ipxeboot/x86_64-sb/snponly.efi", body: ipxe(0x8664)}, {name: "ipxeboot/x86_64-sb/shimx64.efi", body: shim()},
		{name: "ipxeboot/x86_64-sb/ipxe-shim.efi", link: "shimx64.efi"}, {name: "ipxeboot/x86_64-sb/snponly-shim.efi", link: "ipxe-shim.efi"},
		{name: "ipxeboot/x86_64-sb/hard.efi", link: "ipxeboot/x86_64-sb/shimx64.efi", hard: true}, {name: "ipxeboot/loop.efi", link: "loop.efi"}, {name: "ipxeboot/sb", link: "x86_64-sb"},
		{name: "ipxeboot/notes.efi", body: []byte("no program at all, whatever it is called; there is more than one header's worth of it")},
	}
}

// TestAdd: every kind of archive gives the same set, and each machine its first program.
func TestAdd(t *testing.T) {
	plain := tarball(t, signed()...)
	want := map[string]string{"x86_64": "x86_64-sb/snponly-shim.efi", "arm64": "arm64/snponly.efi", "riscv64": "riscv64/ipxe.efi", "bios": "x86_64/undionly.kpxe", "i386": ""}
	var before []loaders.File
	for name, b := range map[string][]byte{"plain": plain, "gz": pressed(t, "gz", plain), "xz": pressed(t, "xz", plain), "zst": pressed(t, "zst", plain),
		"deb-xz": deb("xz", pressed(t, "xz", plain)), "deb-zst": deb("zst", pressed(t, "zst", plain)), "deb-gz": deb("gz", pressed(t, "gz", plain)), "deb-plain": deb("", plain)} {
		images := t.TempDir()
		s := add(t, images, name, save(t, name, b))
		for cpu, want := range want {
			if f, _ := s.First(cpu); f.Path != want {
				t.Errorf("%s: %s starts %q, expected %q", name, cpu, f.Path, want)
			}
		}
		if diff := cmp.Diff(before, s.Files); before != nil && diff != "" {
			t.Errorf("%s (-before +this):\n%s", name, diff)
		}
		before = s.Files
		sets, err := loaders.List(images)
		if diff := cmp.Diff([]loaders.Set{*s}, sets); err != nil || diff != "" {
			t.Errorf("%s: %v (-added +listed):\n%s", name, err, diff)
		}
		link, err := os.ReadFile(filepath.Join(images, "loaders", name, "x86_64-sb", "snponly-shim.efi"))
		if err != nil || !bytes.Equal(link, shim()) {
			t.Errorf("%s: %v %d bytes", name, err, len(link))
		}
	}
	if len(before) != 13 {
		t.Errorf("%d files: %+v", len(before), before)
	}
}

// TestAddDebian: names of Debian's directories become those that shim looks for; who signed is told.
func TestAddDebian(t *testing.T) {
	id := petest.New(t, "Vendor", nil, true)
	sign := func(b []byte) []byte {
		out, err := pe.Sign(b, id.Key, id.Certificate)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	a, b := t.TempDir(), t.TempDir()
	for file, body := range map[string][]byte{a + "/shimx64.efi": shim(), a + "/shimx64.efi.signed": sign(shim()), a + "/BOOTX64.CSV": []byte("text"),
		b + "/grubx64.efi.signed": sign(append(grub(), 1)), b + "/grubnetx64.efi.signed": sign(grub()), b + "/grubnetx64-installer.efi.signed": sign(grub())} {
		if err := os.WriteFile(file, body, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("/etc/passwd", a+"/out.efi"); err != nil {
		t.Fatal(err)
	}
	images := t.TempDir()
	s := add(t, images, "debian", a, b)
	var got []string
	for _, f := range s.Files {
		got = append(got, fmt.Sprintf("%s %s %s %s", f.Path, f.CPU, f.Role, strings.Join(f.SignedBy, ",")))
	}
	want := []string{"grubnetx64-installer.efi x86_64 grub Vendor", "grubx64.efi x86_64 grub Vendor", "shimx64.efi x86_64 shim Vendor"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if f, _ := s.First("x86_64"); f.Path != "shimx64.efi" || f.Next() != "grubx64.efi" {
		t.Errorf("%+v", f)
	}
	stored, err := os.ReadFile(images + "/loaders/debian/grubx64.efi")
	if err != nil || !bytes.Equal(stored, sign(grub())) {
		t.Errorf("%v: it is not the one for the network", err)
	}
}

// TestAddRefuses: what is wrong is said, nothing is there then, and what was there stays.
func TestAddRefuses(t *testing.T) {
	images := t.TempDir()
	kept := add(t, images, "kept", save(t, "x", tarball(t, item{name: "ipxe.efi", body: ipxe(0x8664)})))
	good := pressed(t, "gz", tarball(t, signed()...))
	overlapping := ipxe(0x8664)
	overlapping[0x80+24+240+20] = 8 // where its first section is said to begin
	many := make([]item, 300)
	for i := range many {
		many[i] = item{name: fmt.Sprintf("%d.efi", i), body: ipxe(0x8664)}
	}
	for want, b := range map[string][]byte{
		`the name "../up.efi" leads out`:  tarball(t, item{name: "../up.efi", body: ipxe(0x8664)}),
		`the name "/abs.efi" leads out`:   tarball(t, item{name: "/abs.efi", body: ipxe(0x8664)}),
		`"a/../../b.efi" leads out`:       tarball(t, item{name: "a/../../b.efi", body: ipxe(0x8664)}),
		`the link a.efi leads out`:        tarball(t, item{name: "a.efi", link: "../../etc/shadow"}),
		`the link b.efi leads out`:        tarball(t, item{name: "b.efi", link: "/etc/shadow"}),
		`the link c.efi leads out`:        tarball(t, item{name: "c.efi", link: "../x", hard: true}),
		"unexpected EOF":                  good[:len(good)-200],
		"neither a tar archive":           []byte("#!ipxe"),
		"without data.tar":                []byte("!<arch>\n"),
		"a member that has no size":       append([]byte("!<arch>\n"), bytes.Repeat([]byte("x"), 60)...),
		"is cut off":                      deb("gz", good)[:70],
		"no program for firmware":         tarball(t, item{name: "README", body: []byte("x")}),
		"section .sbat ends at 1032":      tarball(t, item{name: "ipxe.efi", body: overlapping}),
		"more than 256 programs":          tarball(t, many...),
		"it unpacks to more than 5368709": pressed(t, "zst", append(tarball(t, item{name: "big", body: make([]byte, 1<<10)})[:1536], bytes.Repeat(append(tarball(t, item{name: "zeroes", body: make([]byte, 1<<20)})[:512], make([]byte, 1<<20)...), 513)...)),
	} {
		_, err := loaders.Add(images, "new", false, time.Now(), save(t, "bad", b))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: expected %s", err, want)
		}
	}
	if _, err := loaders.Add(images, "kept", false, time.Now(), save(t, "x", good)); !errors.Is(err, fs.ErrExist) {
		t.Error(err)
	}
	for _, name := range []string{"", "..", "a/b", ".x", "X", strings.Repeat("x", 40)} {
		if _, err := loaders.Add(images, name, false, time.Now(), save(t, "x", good)); err == nil {
			t.Errorf("%q is taken", name)
		}
	}
	entries, err := os.ReadDir(filepath.Join(images, "loaders"))
	sets, lerr := loaders.List(images)
	if diff := cmp.Diff([]loaders.Set{*kept}, sets); errors.Join(err, lerr) != nil || len(entries) != 1 || diff != "" {
		t.Errorf("%v %v %v %s", err, lerr, entries, diff)
	}
	replaced, err := loaders.Add(images, "kept", true, time.Now(), save(t, "x", good))
	entries, _ = os.ReadDir(filepath.Join(images, "loaders"))
	if err != nil || len(replaced.Files) != 13 || len(entries) != 1 {
		t.Errorf("%v %v", err, entries)
	}
}

// FuzzAdd: whatever an archive holds, nothing is written but below the set's own directory.
func FuzzAdd(f *testing.F) {
	plain := tarball(f, signed()[:5]...)
	f.Add(plain)
	f.Add(pressed(f, "gz", plain))
	f.Add(deb("", plain))
	f.Add(tarball(f, item{name: "../up.efi", body: ipxe(0x8664)}))
	f.Fuzz(func(t *testing.T, b []byte) {
		dir := t.TempDir()
		file := filepath.Join(dir, "source")
		if err := os.WriteFile(file, b, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := loaders.Add(filepath.Join(dir, "images"), "new", false, time.Now(), file)
		entries, rerr := os.ReadDir(dir)
		if rerr != nil || len(entries) > 2 {
			t.Errorf("%v %v", rerr, entries)
		}
		sets, lerr := loaders.List(filepath.Join(dir, "images"))
		if lerr != nil || (err == nil) != (len(sets) == 1) {
			t.Errorf("%v, then %d sets: %v", err, len(sets), lerr)
		}
	})
}
