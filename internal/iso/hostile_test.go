// SPDX-License-Identifier: Apache-2.0

package iso_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bootlace-net/bootlace/internal/iso"
)

// small is the bytes of a small Rock Ridge image.
func small(t *testing.T) []byte {
	t.Helper()
	dir := t.TempDir()
	write(t, dir, "d1/d2/file", "content")
	write(t, dir, "a/"+strings.Repeat("long", 50), "its name needs a continuation area")
	if err := os.Symlink("d1/d2", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(build(t, dir, []string{"xorriso", "-as", "mkisofs", "-R", "-no-pad", "-o"}))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// record finds the directory record of an ISO 9660 name.
func record(t *testing.T, image []byte, name string) []byte {
	t.Helper()
	i := bytes.Index(image[17*2048:], append([]byte{byte(len(name))}, name...))
	if i < 0 {
		t.Fatalf("no record %s", name)
	}
	return image[17*2048+i-32:]
}

// after finds something in a record or a piece of an image, and gives what begins there.
func after(t *testing.T, b []byte, what string) []byte {
	t.Helper()
	i := bytes.Index(b, []byte(what))
	if i < 0 {
		t.Fatalf("no %q", what)
	}
	return b[i:]
}

func TestHostileISO(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(t *testing.T, b []byte) []byte
		field  string // of the error
		says   string
	}{
		{"a directory that holds the root", func(t *testing.T, b []byte) []byte {
			copy(record(t, b, "D2")[2:], b[16*2048+156+2:16*2048+156+18])
			return b
		}, "directory /d1/d2", "twice"},
		{"a directory of 4 GiB", func(t *testing.T, b []byte) []byte {
			binary.LittleEndian.PutUint32(record(t, b, "D1")[10:], 0xffffffff)
			return b
		}, "directory /d1", "4294967295 bytes long"},
		{"a directory behind the end", func(t *testing.T, b []byte) []byte {
			binary.LittleEndian.PutUint32(record(t, b, "D1")[2:], 0xfffffff0)
			return b
		}, "directory /d1", "the image ends"},
		{"extents one over the other", func(t *testing.T, b []byte) []byte {
			r := record(t, b, "FILE.;1")
			binary.LittleEndian.PutUint32(r[2:], 0)
			binary.LittleEndian.PutUint32(r[10:], uint32(len(b)))
			r[25] |= 0x80
			copy(r[int(r[0]):], r[:r[0]])
			r[int(r[0])+25] = 0
			return b
		}, "/d1/d2/file", "one over the other"},
		{"a file behind the end", func(t *testing.T, b []byte) []byte {
			binary.LittleEndian.PutUint32(record(t, b, "FILE.;1")[10:], 1<<30)
			return b
		}, "/d1/d2/file", "download cut short"},
		{"a download cut short", func(t *testing.T, b []byte) []byte { return b[:len(b)-2048] }, "", "download cut short"},
		{"a file whose next extent does not follow", func(t *testing.T, b []byte) []byte {
			record(t, b, "FILE.;1")[25] |= 0x80
			return b
		}, "directory /d1/d2", "last extent"},
		{"an interleaved file", func(t *testing.T, b []byte) []byte { record(t, b, "FILE.;1")[26] = 1; return b }, "directory record", "interleaved"},
		{"a record longer than its sector", func(t *testing.T, b []byte) []byte { record(t, b, "FILE.;1")[0] = 10; return b }, "directory record", "does not fit"},
		{"a name longer than its record", func(t *testing.T, b []byte) []byte { record(t, b, "D2")[32] = 250; return b }, "directory record", "longer than itself"},
		{"a name with a slash", func(t *testing.T, b []byte) []byte { after(t, record(t, b, "FILE.;1"), "file")[2] = '/'; return b }, "directory /d1/d2", "slash"},
		{"the name ..", func(t *testing.T, b []byte) []byte { copy(after(t, record(t, b, "D2"), "d2"), ".."); return b }, "directory /d1", "another directory"},
		{"a name with a NUL", func(t *testing.T, b []byte) []byte { after(t, record(t, b, "FILE.;1"), "file")[1] = 0; return b }, "directory /d1/d2", "control character"},
		{"a System Use field that is too long", func(t *testing.T, b []byte) []byte { after(t, record(t, b, "FILE.;1"), "NM")[2] = 200; return b }, "System Use field", "does not fit"},
		{"a continuation area that leads to itself", continuationLoop, "continuation area", "more than 64"},
		{"a link's part longer than its field", func(t *testing.T, b []byte) []byte { after(t, b, "SL")[6] = 250; return b }, "Rock Ridge link", "longer than its field"},
		{"blocks of 3 bytes", func(t *testing.T, b []byte) []byte { b[16*2048+128] = 3; b[16*2048+129] = 0; return b }, "logical block size", "none of"},
		{"a boot catalog that is none", func(t *testing.T, b []byte) []byte {
			copy(b[17*2048:], "\x00CD001\x01EL TORITO SPECIFICATION")
			b[17*2048+0x47] = 1
			return b
		}, "boot catalog", "validation entry"},
		{"nothing", func(*testing.T, []byte) []byte { return make([]byte, 1<<20) }, "", "neither ISO 9660 nor UDF"},
		{"less than nothing", func(*testing.T, []byte) []byte { return nil }, "", "neither ISO 9660 nor UDF"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := c.change(t, small(t))
			_, err := iso.New(bytes.NewReader(b), int64(len(b)))
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Fatalf("%v; want an error that says %q", err, c.says)
			}
			var format *iso.FormatError
			if c.field != "" && (!errors.As(err, &format) || format.Field != c.field || format.Offset <= 0) {
				t.Errorf("%#v, want it to name %s and where it stands", err, c.field)
			}
		})
	}
}

// continuationLoop makes a continuation area that says that it goes on with itself.
func continuationLoop(t *testing.T, b []byte) []byte {
	ce := after(t, after(t, b[17*2048:], "LONG"), "CE\x1c\x01")[:28]
	at := int(le.Uint32(ce[4:]))*2048 + int(le.Uint32(ce[12:]))
	le.PutUint32(ce[20:], 28)
	copy(b[at:], ce)
	return b
}

func TestNameTwice(t *testing.T) {
	b := small(t)
	copy(after(t, record(t, b, "D1"), "NM\x07\x01\x00d1"), "NM\x06\x01\x00aZZ\x04\x00") // "a", and the rest another field
	_, err := iso.New(bytes.NewReader(b), int64(len(b)))
	if err == nil || !strings.Contains(err.Error(), "twice") && !strings.Contains(err.Error(), "does not fit") {
		t.Fatalf("%v; want one that says what is there twice", err)
	}
}

func TestTooDeep(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, strings.Repeat("d/", 65)+"file", "deep")
	image := build(t, dir, makers[1].make)
	f, err := os.Open(image)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, _ := f.Stat()
	if _, err := iso.New(f, info.Size()); err == nil || !strings.Contains(err.Error(), "more than 64 directories") {
		t.Errorf("%v", err)
	}
}
