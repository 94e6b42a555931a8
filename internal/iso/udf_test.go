// SPDX-License-Identifier: Apache-2.0

package iso_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/internal/iso"
)

// fill writes a tree with each kind of allocation descriptor into an image.
func (u *udfMaker) fill(without ...string) *udfMaker {
	content := u.image[u.at(0, 100):u.at(0, 140)]
	for i := range content {
		content[i] = byte(i / udfBlock)
	}
	kind := map[string]byte{"dir": 4}
	var root []byte
	root = append(root, u.identifier(0x08|0x02, "", 1)...)
	for i, name := range []string{"short", "long", "another", "embedded", "chained", "hole", "link", "dir", "Łódź"} {
		if slices.Contains(without, name) {
			continue
		}
		flags := byte(0)
		if kind[name] == 4 {
			flags = 2
		}
		root = append(root, u.identifier(flags, name, 2+i)...)
	}
	root = append(root, u.identifier(0x04, "deleted", 2)...)
	u.entry(u.meta, 1, 4, int64(len(root)), 3, root)
	if u.meta == 0 {
		u.entry(0, 2, 5, 3*udfBlock-1, 0, shortAD(udfBlock, 100), shortAD(2*udfBlock-1, 105))
	} else { // a short descriptor would mean the metadata partition
		u.entry(1, 2, 5, 3*udfBlock-1, 1, u.long(udfBlock, 100, 0), u.long(2*udfBlock-1, 105, 0))
	}
	u.entry(u.meta, 3, 5, 2*udfBlock, 1, u.long(udfBlock, 138, 0), u.long(udfBlock, 139, 0))
	u.entry(u.meta, 4, 5, 2*udfBlock, 1, u.long(udfBlock, 120, 0), u.long(udfBlock, 118, 0))
	u.entry(u.meta, 5, 5, 8, 3, []byte("embedded"))
	u.entry(u.meta, 6, 5, 2*udfBlock, 1, u.long(udfBlock, 130, 0), u.long(3<<30|udfBlock, 14, u.meta))
	next := u.image[u.at(u.meta, 14):]
	le.PutUint32(next[20:], 16)
	copy(next[24:], u.long(udfBlock, 128, 0))
	u.seal(u.at(u.meta, 14), 258, 14, 40)
	u.entry(u.meta, 7, 5, 3*udfBlock, 1, u.long(udfBlock, 101, 0), u.long(2<<30|udfBlock, 0, 0), u.long(udfBlock, 102, 0))
	u.entry(u.meta, 8, 12, 12, 3, []byte("\x03\x00\x00\x00\x05\x04\x00\x00\x08dir"))
	below := append(u.identifier(0x08|0x02, "", 1), u.identifier(0, strings.Repeat("x", 200), 5)...)
	for i := range 12 { // this directory crosses the gap of the metadata partition: blocks 9 and 10 of it
		below = append(below, u.identifier(0, fmt.Sprintf("%s%d", strings.Repeat("y", 200), i), 5)...)
	}
	u.entry(u.meta, 9, 4, int64(len(below)), 0, shortAD(udfBlock, 12), shortAD(len(below)-udfBlock, 16))
	copy(u.image[u.at(u.meta, 12):], below[:udfBlock])
	copy(u.image[u.at(u.meta, 16):], below[udfBlock:])
	u.entry(u.meta, 10, 5, 0, 0)
	return u
}

func readUDF(t *testing.T, image []byte) *iso.Image {
	t.Helper()
	im, err := iso.New(bytes.NewReader(image), int64(len(image)))
	if err != nil {
		t.Fatal(err)
	}
	return im
}

func TestUDFAllocations(t *testing.T) {
	blocks := func(numbers ...byte) (s string) {
		for _, n := range numbers {
			s += strings.Repeat(string(rune(n)), udfBlock)
		}
		return s
	}
	for _, revision := range []uint16{0x102, 0x150, 0x200, 0x201, 0x250} {
		im := readUDF(t, makeUDF(revision).fill().image)
		if im.View != iso.UDF || im.Revision != int(revision) || im.Label != "MADE" {
			t.Errorf("%x: %s %x %q", revision, im.View, im.Revision, im.Label)
		}
		for name, want := range map[string]string{
			"short": blocks(0, 5, 6)[:3*udfBlock-1], "long": blocks(38, 39), "another": blocks(20, 18), "embedded": "embedded",
			"chained": blocks(30, 28), "hole": blocks(1, 0, 2), "Łódź": "", "dir/" + strings.Repeat("x", 200): "embedded",
			"dir/" + strings.Repeat("y", 200) + "11": "embedded",
		} {
			e, err := im.Lookup(name, iso.Exact)
			if err != nil {
				t.Errorf("%x: %v", revision, err)
				continue
			}
			if got := contentOf(t, im, e); string(got) != want || e.Mode != 0o557 {
				t.Errorf("%x: %s is %d bytes %.20q, %v", revision, name, len(got), got, e.Mode)
			}
			if when := time.Date(2026, 11, 25, 1, 4, 5, 0, time.UTC); !e.ModTime.Equal(when) {
				t.Errorf("%x: %s is of %v, want %v", revision, name, e.ModTime, when)
			}
		}
		link, err := im.ReadLink("link")
		if err != nil || link != "../dir" || im.Root.Mode&fs.ModeDir == 0 || len(im.Root.Children()) != 9 {
			t.Errorf("%x: link %q, %v; %d entries", revision, link, err, len(im.Root.Children()))
		}
	}
}

// TestUDFMakerIsRight lets 7-Zip read what the maker above writes, so that the reader is not tested against its own mistakes.
func TestUDFMakerIsRight(t *testing.T) {
	unknown := []string{"link", "chained", "hole"}    // to 7-Zip
	for _, revision := range []uint16{0x102, 0x201} { // nor does it know the metadata partition of 2.50
		path := filepath.Join(t.TempDir(), "made.iso")
		if err := os.WriteFile(path, makeUDF(revision).fill(unknown...).image, 0o644); err != nil {
			t.Fatal(err)
		}
		ours := portable(describe(open(t, path, ""), t))
		theirs := portable(unpack(t, "7z", "x", "-tudf", "-y", "-oDIR", path))
		compare(t, fmt.Sprintf("7z, UDF %x", revision), ours, theirs)
	}
}

// TestUDFByGRUB lets GRUB read what 7-Zip does not know.
func TestUDFByGRUB(t *testing.T) {
	path, out := filepath.Join(t.TempDir(), "made.iso"), filepath.Join(t.TempDir(), "out")
	if err := os.WriteFile(path, makeUDF(0x201).fill().image, 0o644); err != nil {
		t.Fatal(err)
	}
	im := open(t, path, "")
	e, err := im.Lookup("chained", iso.Exact)
	if err != nil {
		t.Fatal(err)
	}
	run(t, "grub-fstest", path, "cp", "(loop0)/chained", out)
	if theirs, err := os.ReadFile(out); err != nil || !bytes.Equal(theirs, contentOf(t, im, e)) {
		t.Errorf("GRUB reads %d bytes, %.20q: %v", len(theirs), theirs, err)
	}
}

// TestUDFByMkudffs reads the empty file systems of mkudffs for all media that it knows.
func TestUDFByMkudffs(t *testing.T) {
	for _, c := range []struct {
		args []string
		cut  bool // the image ends where the table of a medium that is written once does
	}{
		{[]string{"--media-type=hd", "--udfrev=1.02"}, false}, {[]string{"--media-type=hd", "--udfrev=1.50"}, false},
		{[]string{"--media-type=hd", "--udfrev=2.00"}, false}, {[]string{"--media-type=hd", "--udfrev=2.01"}, false},
		{[]string{"--media-type=hd", "-b", "512"}, false}, {[]string{"--media-type=hd", "-b", "4096"}, false},
		{[]string{"--media-type=dvd"}, false}, {[]string{"--media-type=dvdram"}, false}, {[]string{"--media-type=hd", "--ad=short"}, false},
		{[]string{"--media-type=cdrw", "--ad=long"}, false}, {[]string{"--media-type=dvdrw"}, false},
		{[]string{"--media-type=cdr"}, true}, {[]string{"--media-type=cdr", "--udfrev=1.50"}, true}, {[]string{"--media-type=dvdr"}, true},
		{[]string{"--media-type=bdr", "--udfrev=2.50"}, true},
	} {
		path := filepath.Join(t.TempDir(), "empty.img")
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(path, 64<<20); err != nil {
			t.Fatal(err)
		}
		run(t, "mkudffs", append(append([]string{"--utf8", "-l", "Łódź"}, c.args...), path)...)
		if c.cut {
			cutZeros(t, path)
		}
		im := open(t, path, "")
		names := []string{}
		for _, e := range im.Root.Children() {
			names = append(names, e.Name)
		}
		if im.Label != "Łódź" || strings.Join(names, " ") != "lost+found" && len(names) > 0 {
			t.Errorf("%v: %q with %v", c.args, im.Label, names)
		}
	}
}

func cutZeros(t *testing.T, path string) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	end := (len(bytes.TrimRight(b, "\x00")) + udfBlock - 1) / udfBlock * udfBlock
	if err := os.Truncate(path, int64(end)); err != nil {
		t.Fatal(err)
	}
}
