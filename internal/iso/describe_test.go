// SPDX-License-Identifier: Apache-2.0

package iso_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/bootlace-net/bootlace/internal/iso"
)

// describe puts a tree into lines: type and permissions, size or target, hash, path.
func describe(im *iso.Image, t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := im.Walk(func(path string, e *iso.Entry) error {
		all[path] = words(e.Mode, e.Link, func() []byte { return contentOf(t, im, e) })
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// describeDir does the same with a directory of this host.
func describeDir(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		target, _ := os.Readlink(path) // only links have one
		rel, _ := filepath.Rel(dir, path)
		all[filepath.ToSlash(rel)] = words(info.Mode(), target, func() []byte { b, _ := os.ReadFile(path); return b })
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func words(mode fs.FileMode, link string, content func() []byte) string {
	switch {
	case mode&fs.ModeSymlink != 0:
		return "-> " + link
	case mode.IsRegular():
		b := content()
		return fmt.Sprintf("%v %d %x", mode, len(b), sha256.Sum256(b))
	}
	return mode.String()
}

// contentOf reads a file by its extents out of the image, and by its reader, which have to agree.
func contentOf(t *testing.T, im *iso.Image, e *iso.Entry) []byte {
	t.Helper()
	r, err := im.Content(e)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatalf("%s: %v", e.Name, err)
	}
	if int64(len(b)) != e.Size || r.Size() != e.Size {
		t.Errorf("%s: %d bytes read, Size is %d", e.Name, len(b), e.Size)
	}
	odd := make([]byte, len(b)/3)
	if _, err := r.ReadAt(odd, int64(len(b)/2)); err != nil && len(odd) > 0 || !bytes.Equal(odd, b[len(b)/2:len(b)/2+len(odd)]) {
		t.Errorf("%s: a piece from its middle differs: %v", e.Name, err)
	}
	return b
}
