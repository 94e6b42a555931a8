// SPDX-License-Identifier: Apache-2.0

package main

import (
	"os"
	"strings"
	"testing"
)

// TestDocsOfMedia: what docs/media.md shows is run by the script of bootlace iso, and prints that.
func TestDocsOfMedia(t *testing.T) {
	page, err := os.ReadFile("../../docs/media.md")
	if err != nil {
		t.Fatal(err)
	}
	script, err := os.ReadFile("testdata/script/iso.txtar")
	if err != nil {
		t.Fatal(err)
	}
	_, shown, _ := strings.Cut(string(page), "```console\n")
	shown, _, _ = strings.Cut(shown, "```")
	commands := 0
	for line := range strings.Lines(shown) {
		want := "\n" + line
		if command, ok := strings.CutPrefix(line, "$ "); ok {
			want = "\n" + command
			commands++
		}
		if !strings.Contains(string(script), want) {
			t.Errorf("%q is not in the script", line)
		}
	}
	if commands != 2 {
		t.Errorf("%d commands are shown", commands)
	}
}
