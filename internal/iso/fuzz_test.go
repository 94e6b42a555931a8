// SPDX-License-Identifier: Apache-2.0

package iso_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/bootlace-net/bootlace/internal/iso"
)

// patch changes an image as a fuzzer says: two bytes choose one of the bytes that are not zero, the third how many change, the rest is
// what they become. So nearly each change hits something.
func patch(image []byte, places []int, changes []byte) {
	for len(changes) > 3 {
		at := places[(int(changes[0])<<8|int(changes[1]))%len(places)]
		n := copy(image[at:], changes[3:min(len(changes), 4+int(changes[2])%8)])
		changes = changes[3+n:]
	}
}

// places are the bytes of an image that say something.
func places(image []byte) (all []int) {
	for i, c := range image {
		if c != 0 && i > 32<<10 {
			all = append(all, i)
		}
	}
	return all
}

// holdsTogether is what is true of every image that is read without an error.
func holdsTogether(t *testing.T, image []byte, view iso.View) {
	t.Helper()
	im, err := iso.NewView(bytes.NewReader(image), int64(len(image)), view)
	if err != nil {
		var format *iso.FormatError
		if !errors.As(err, &format) && !errors.Is(err, iso.ErrNotImage) && view == "" {
			t.Errorf("%v does not say where", err)
		}
		return
	}
	err = im.Walk(func(path string, e *iso.Entry) error {
		if !fs.ValidPath(path) {
			t.Errorf("%q is no path", path)
		}
		if found, err := im.Lookup(path, iso.Exact); e.Mode&fs.ModeSymlink == 0 && (err != nil || found != e) {
			t.Errorf("%q is not found: %v", path, err)
		}
		if !e.Mode.IsRegular() || e.Refusal != "" {
			return nil
		}
		var sum int64
		for _, x := range e.Extents {
			if sum += x.Length; x.Length <= 0 || x.Offset != iso.Hole && (x.Offset < 0 || x.Offset+x.Length > int64(len(image))) {
				t.Errorf("%q has the extent %v", path, x)
			}
		}
		if sum != e.Size {
			t.Errorf("%q: extents of %d bytes, Size %d", path, sum, e.Size)
		}
		r, err := im.Content(e)
		if err != nil {
			return err
		}
		if n, err := io.Copy(io.Discard, io.LimitReader(r, 1<<20)); err != nil || n != min(e.Size, 1<<20) {
			t.Errorf("%q: %d bytes, %v", path, n, err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func FuzzISO(f *testing.F) {
	image := fuzzBase(f)
	all := places(image)
	f.Add([]byte(nil), "")
	f.Add([]byte("abcdefgh12345678"), string(iso.RockRidge))
	f.Add([]byte("\x01\x00\x07\xff\xff\xff\xff\xff\xff\xff\xff"), string(iso.Joliet))
	f.Add([]byte("\x02\x10\x01.."), string(iso.Plain))
	f.Fuzz(func(t *testing.T, changes []byte, view string) {
		b := bytes.Clone(image)
		patch(b, all, changes)
		holdsTogether(t, b, iso.View(view))
	})
}

// fuzzBase is a small image with Rock Ridge and Joliet.
func fuzzBase(f *testing.F) []byte {
	dir := f.TempDir()
	long := filepath.Join(dir, "d/e/f/g/h/i/j/k/l")
	path := filepath.Join(f.TempDir(), "base.iso")
	if err := os.MkdirAll(long, 0o755); err != nil {
		f.Fatal(err)
	}
	for name, content := range map[string]string{"file": "content", "d/e/" + string(bytes.Repeat([]byte("n"), 200)): "x", "d/empty": ""} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			f.Fatal(err)
		}
	}
	if err := os.Symlink("../d/./file", filepath.Join(dir, "d/link")); err != nil {
		f.Fatal(err)
	}
	if out, err := exec.Command("genisoimage", "-quiet", "-R", "-J", "-no-pad", "-b", "file", "-no-emul-boot", "-o", path, dir).CombinedOutput(); err != nil {
		f.Skipf("NOT TESTED: genisoimage: %v: %s", err, out)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	return b
}

func FuzzUDF(f *testing.F) {
	images, all := map[bool][]byte{}, map[bool][]int{}
	for _, meta := range []bool{false, true} {
		revision := uint16(0x102)
		if meta {
			revision = 0x250
		}
		images[meta] = makeUDF(revision).fill().image
		all[meta] = places(images[meta])
		f.Add([]byte("abcdefgh12345678"), meta, true)
		f.Add([]byte("\x00\x40\x07\xff\xff\xff\xff\xff\xff\xff\xff"), meta, true)
		f.Add([]byte(nil), meta, false)
	}
	f.Fuzz(func(t *testing.T, changes []byte, meta, honest bool) {
		b := bytes.Clone(images[meta])
		patch(b, all[meta], changes)
		if honest { // whoever makes an image makes its checksums right
			for i := 32 * udfBlock; i < len(b); i += udfBlock {
				resealAll(b[i : i+udfBlock])
			}
		}
		holdsTogether(t, b, "")
	})
}

// resealAll makes the descriptors in a block right, and the File Identifier Descriptors in it.
func resealAll(b []byte) {
	if id := le.Uint16(b); id > 0 && id < 300 {
		reseal(b)
	}
	for i := 4; i+38 < len(b); i += 4 {
		if le.Uint16(b[i:]) == 257 {
			reseal(b[i:])
		}
	}
}

// FuzzDescriptors reads what stands where volume descriptors do.
func FuzzDescriptors(f *testing.F) {
	for _, id := range []string{"\x01CD001\x01", "\x00BEA01\x01", "\x02CD001\x01"} {
		f.Add(append([]byte(id), make([]byte, 2048)...))
	}
	f.Fuzz(func(t *testing.T, b []byte) { holdsTogether(t, append(make([]byte, 32<<10), b...), "") })
}
