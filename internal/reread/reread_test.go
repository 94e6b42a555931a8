// SPDX-License-Identifier: Apache-2.0

package reread

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"
)

func TestFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	put := func(text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put("one")
	var told []error
	synctest.Test(t, func(t *testing.T) {
		read := func() (string, error) {
			b, err := os.ReadFile(path)
			if string(b) == "broken" {
				err = errors.New("broken")
			}
			return string(b), err
		}
		f, err := Open(read, func(err error) { told = append(told, err) }, path)
		if err != nil || f.Get() != "one" {
			t.Fatalf("first: %q, %v", f.Get(), err)
		}
		put("second")
		if got := f.Get(); got != "one" {
			t.Errorf("within a second of the last look: %q", got)
		}
		time.Sleep(pause)
		if got := f.Get(); got != "second" {
			t.Errorf("changed: %q", got)
		}
		put("broken")
		for range 3 {
			time.Sleep(pause)
			if got := f.Get(); got != "second" {
				t.Errorf("while it is broken: %q", got)
			}
		}
		if len(told) != 1 {
			t.Errorf("told of one broken file: %v", told)
		}
		put("the third")
		time.Sleep(pause)
		if got := f.Get(); got != "the third" {
			t.Errorf("mended: %q", got)
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		time.Sleep(pause)
		if got := f.Get(); got != "the third" || len(told) != 2 {
			t.Errorf("removed: %q, told %v", got, told)
		}
	})
	if _, err := Open(func() (int, error) { return 0, os.ErrNotExist }, nil, path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("what cannot be read at first: %v", err)
	}
}
