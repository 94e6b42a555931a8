// SPDX-License-Identifier: Apache-2.0

package main

import (
	"os"
	"strings"
	"testing"
)

// TestDocsSecureBoot: every command of docs/secure-boot.md is run by testdata/script/loaders.txtar, and what it shows of files and of
// explain's answers is what they hold.
func TestDocsSecureBoot(t *testing.T) {
	page, err := os.ReadFile("../../docs/secure-boot.md")
	if err != nil {
		t.Fatal(err)
	}
	script, err := os.ReadFile("testdata/script/loaders.txtar")
	if err != nil {
		t.Fatal(err)
	}
	n, shown := 0, false
	for line := range strings.Lines(string(page)) {
		line = strings.TrimSpace(line)
		command, isCommand := strings.CutPrefix(line, "$ ")
		switch {
		case strings.HasPrefix(line, "```"):
			shown = !shown
		case !shown || line == "…":
		case isCommand:
			n++
			if !strings.Contains(string(script), "\nexec "+command+"\n") {
				t.Errorf("%s: is not run", command)
			}
		case !strings.Contains(string(script), line):
			t.Errorf("%s: is nothing that the script knows", line)
		}
	}
	if n < 8 {
		t.Errorf("%d commands", n)
	}
}
