// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestUsual: where nothing is named, the usual directory is read if it is there.
func TestUsual(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ named, usual, want, wrong string }{
		{usual: dir, want: dir},
		{usual: filepath.Join(dir, "none")},
		{usual: file, wrong: "is no directory: name one with --config"},
		{named: dir, usual: file, want: dir},
		{named: filepath.Join(dir, "none"), usual: dir, wrong: "no such file"},
	} {
		got, err := usual(c.named, c.usual)
		if got != c.want && c.wrong == "" || (err == nil) != (c.wrong == "") || err != nil && !strings.Contains(err.Error(), c.wrong) {
			t.Errorf("%+v: %q %v", c, got, err)
		}
	}
}

// TestWrongPlace: a directory that was named and is not there has the exit code of wrong usage.
func TestWrongPlace(t *testing.T) {
	p := place{dir: "/nowhere/at/all"}
	var c coded
	if _, err := p.config(os.Stderr); !errors.As(err, &c) || c.code != exitUsage {
		t.Errorf("%v", err)
	}
}
