// SPDX-License-Identifier: Apache-2.0

package images_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/bootlace-net/bootlace/images"
)

// FuzzOpen asks for any name in a directory with a file, and links, beside it that must never be reached.
func FuzzOpen(f *testing.F) {
	for _, seed := range []string{"tiny/linux", "../secret", "tiny/../../secret", "/secret", `..\secret`, "up", "up/", "tiny/up2", "a\x00b", ".", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		dir := t.TempDir()
		write(t, filepath.Join(dir, "secret"), "secret")
		write(t, filepath.Join(dir, "images/tiny/linux"), "kernel")
		link(t, "../secret", filepath.Join(dir, "images/up"))
		link(t, "../../secret", filepath.Join(dir, "images/tiny/up2"))
		s, err := images.Open(filepath.Join(dir, "images"), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		file, err := s.Open(name)
		if err != nil {
			if strings.Contains(err.Error(), dir) {
				t.Errorf("the error tells the directory: %v", err)
			}
			return
		}
		defer file.Close()
		if file.Size() < 100_000 && read(t, file) != "kernel" {
			t.Errorf("Open(%q) reached a file outside", name)
		}
	})
}
