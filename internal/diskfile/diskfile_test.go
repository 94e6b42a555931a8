// SPDX-License-Identifier: Apache-2.0

package diskfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// TestCloseWhileReading is for the race detector: a transfer may end while its next chunk is still being read.
func TestCloseWhileReading(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kernel")
	if err := os.WriteFile(path, make([]byte, stretch), 0o644); err != nil {
		t.Fatal(err)
	}
	for range 100 {
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		info, err := f.Stat()
		if err != nil {
			t.Fatal(err)
		}
		d := New(f, info)
		var reads sync.WaitGroup
		for range 2 {
			reads.Go(func() {
				b := make([]byte, stretch)
				for range 20 {
					switch n, err := d.ReadAt(b, 0); {
					case errors.Is(err, fs.ErrClosed):
						return
					case n != len(b):
						t.Errorf("%d bytes, %v", n, err)
						return
					}
				}
			})
		}
		if err := d.Close(); err != nil {
			t.Error(err)
		}
		reads.Wait()
	}
}
