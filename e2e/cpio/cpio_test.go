// SPDX-License-Identifier: Apache-2.0

package cpio_test

import (
	"bytes"
	"errors"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bootlace-net/bootlace/e2e/cpio"
)

func archive(t *testing.T, entries []cpio.Entry) []byte {
	t.Helper()
	var buf bytes.Buffer
	if err := cpio.Write(&buf, entries); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func sample() []cpio.Entry {
	return []cpio.Entry{
		{Name: "dev", Mode: cpio.Dir | 0o755, Body: []byte{}},
		{Name: "dev/console", Mode: cpio.Char | 0o600, Body: []byte{}, Major: 5, Minor: 1},
		{Name: "init", Mode: cpio.Regular | 0o755, Body: []byte("#!/bin/sh\n")},
		{Name: "sh", Mode: cpio.Symlink | 0o777, Body: []byte("bin/busybox")},
	}
}

func TestRoundTrip(t *testing.T) {
	got, err := cpio.Read(archive(t, sample()))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(sample(), got); diff != "" {
		t.Errorf("entries (-want +got):\n%s", diff)
	}
}

// The other program's view: what we write is what cpio(1) reads.
func TestForeignReader(t *testing.T) {
	path, err := exec.LookPath("cpio")
	if err != nil {
		t.Skip("cpio(1) is not installed")
	}
	cmd := exec.Command(path, "-it", "--quiet")
	cmd.Stdin = bytes.NewReader(archive(t, sample()))
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if diff := cmp.Diff([]string{"dev", "dev/console", "init", "sh"}, strings.Fields(string(out))); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
}

func TestReadRefuses(t *testing.T) {
	whole := archive(t, sample())
	tests := map[string][]byte{
		"empty":          nil,
		"cut header":     whole[:60],
		"cut body":       whole[:len(whole)-150],
		"no trailer":     whole[:112],
		"wrong magic":    append([]byte("070707"), whole[6:]...),
		"letters":        bytes.Replace(whole, []byte("00000001"), []byte("0000000g"), 1),
		"past the end":   bytes.Replace(whole, []byte("000081ED"), []byte("000081EDFFFFFFFF"), 1),
		"nameless entry": append([]byte("070701"), bytes.Repeat([]byte("0"), 104)...),
	}
	for name, data := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := cpio.Read(data); !errors.Is(err, cpio.ErrFormat) {
				t.Errorf("got %v, want ErrFormat", err)
			}
		})
	}
}
