// SPDX-License-Identifier: Apache-2.0

package iso_test

import (
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"
)

func TestFileSystem(t *testing.T) {
	dir := sample(t)
	for _, broken := range []string{"self", "out", "far", "absolute"} { // fstest.TestFS opens all
		if err := os.Remove(filepath.Join(dir, broken)); err != nil {
			t.Fatal(err)
		}
	}
	for _, m := range makers {
		for _, view := range m.views {
			im := open(t, build(t, dir, m.make), view)
			path := "boot/grub/grub.cfg"
			if err := fstest.TestFS(im, path); err != nil {
				t.Errorf("%s, %s: %v", m.name, view, err)
			}
		}
	}
}
