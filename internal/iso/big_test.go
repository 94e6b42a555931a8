// SPDX-License-Identifier: Apache-2.0

package iso_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/bootlace-net/bootlace/internal/iso"
)

// bigSize is beyond what one extent of ISO 9660 holds: 4.5 GiB and a bit.
const bigSize = 4608<<20 + 12345

// marks are bytes of a large file that are not zero: at its ends, on both sides of 4 GiB and of where makers end an extent, and between.
func marks() (all []int64) {
	for _, around := range []int64{0, 1<<32 - 2048, 1 << 32, bigSize} {
		all = append(all, around-1, around, around+1)
	}
	for at := int64(77); at < bigSize; at += 64<<20 + 4711 {
		all = append(all, at)
	}
	slices.Sort(all)
	return slices.DeleteFunc(all, func(at int64) bool { return at < 0 || at >= bigSize })
}

func mark(at int64) byte { return byte(at%255) + 1 }

// sparse writes a large file that takes little place.
func sparse(t *testing.T, path string, offset int64, size int64) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.Truncate(size); err != nil {
		t.Skipf("NOT TESTED: no sparse files here: %v", err)
	}
	for _, at := range marks() {
		if _, err := f.WriteAt([]byte{mark(at)}, offset+at); err != nil {
			t.Fatal(err)
		}
	}
}

// TestBeyond4GiB reads an image with a file of two extents, written here so that it can be sparse. TestEveryByteBeyond4GiB has real ones.
func TestBeyond4GiB(t *testing.T) {
	const first, root, data = 1<<32 - 2048, 20, 21
	path := filepath.Join(t.TempDir(), "big.iso")
	sparse(t, path, data*2048, data*2048+bigSize+2048)
	head := make([]byte, 21*2048)
	copy(head[16*2048:], "\x01CD001\x01")
	copy(head[17*2048:], "\xffCD001\x01")
	le.PutUint16(head[16*2048+128:], 2048)
	copy(head[16*2048+156:], dirRecord("\x00", root, 2048, 2))
	at := head[root*2048:]
	for _, r := range [][]byte{dirRecord("\x00", root, 2048, 2), dirRecord("\x01", root, 2048, 2),
		dirRecord("BIG.BIN;1", data, first, 0x80), dirRecord("BIG.BIN;1", data+first/2048, bigSize-first, 0)} {
		at = at[copy(at, r):]
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteAt(head, 0); err != nil {
		t.Fatal(err)
	}
	im := open(t, path, "")
	e, err := im.Lookup("big.bin", iso.Exact)
	if err != nil {
		t.Fatal(err)
	}
	if want := []iso.Extent{{Offset: data * 2048, Length: bigSize}}; e.Size != bigSize || !slices.Equal(e.Extents, want) {
		t.Fatalf("%d bytes in %v, want %d in %v", e.Size, e.Extents, int64(bigSize), want)
	}
	r, err := im.Content(e)
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range marks() {
		b := []byte{0}
		if _, err := r.ReadAt(b, at); err != nil || b[0] != mark(at) {
			t.Errorf("byte %d is %d, %v; want %d", at, b[0], err, mark(at))
		}
	}
}

func dirRecord(name string, block, length uint32, flags byte) []byte {
	b := make([]byte, (33+len(name)+1)&^1)
	b[0], b[25], b[32] = byte(len(b)), flags, byte(len(name))
	binary.LittleEndian.PutUint32(b[2:], block)
	binary.LittleEndian.PutUint32(b[10:], length)
	copy(b[33:], name)
	return b
}

// TestEveryByteBeyond4GiB compares a file of 4.5 GiB with what is read out of images that xorriso and genisoimage made of it, byte by
// byte. It writes 9 GiB.
func TestEveryByteBeyond4GiB(t *testing.T) {
	if os.Getenv("BOOTLACE_BIG") == "" {
		t.Skip("NOT RUN: set BOOTLACE_BIG=1; it writes images of 9 GiB")
	}
	dir := t.TempDir()
	original := filepath.Join(dir, "big.bin")
	sparse(t, original, 0, bigSize)
	for _, c := range []struct {
		view iso.View
		make []string
	}{
		{iso.RockRidge, []string{"xorriso", "-as", "mkisofs", "-R", "-J", "-iso-level", "3", "-o"}},
		{iso.UDF, []string{"genisoimage", "-quiet", "-udf", "-allow-limited-size", "-o"}},
	} {
		image := build(t, dir, c.make)
		views := []iso.View{c.view}
		if c.view == iso.RockRidge {
			views = append(views, iso.Joliet)
		}
		for _, view := range views {
			im := open(t, image, view)
			e, err := im.Lookup("big.bin", iso.Exact)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%s: %d bytes in %v", view, e.Size, e.Extents)
			r, err := im.Content(e)
			if err != nil {
				t.Fatal(err)
			}
			if err := same(r, original); err != nil {
				t.Errorf("%s: %v", view, err)
			}
		}
		if err := os.Remove(image); err != nil {
			t.Fatal(err)
		}
	}
}

// same compares all bytes.
func same(r io.Reader, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	a, b := make([]byte, 1<<20), make([]byte, 1<<20)
	for at := int64(0); ; {
		n, err := io.ReadFull(f, a)
		m, err2 := io.ReadFull(r, b)
		if n != m || !bytes.Equal(a[:n], b[:m]) {
			return fmt.Errorf("differs in the MiB at byte %d: %d and %d bytes, %w", at, n, m, errors.Join(err, err2))
		}
		if at += int64(n); err != nil {
			if at != bigSize {
				return fmt.Errorf("%d bytes", at)
			}
			return nil
		}
	}
}
