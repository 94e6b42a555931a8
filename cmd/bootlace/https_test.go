// SPDX-License-Identifier: Apache-2.0

package main

import (
	"os"
	"strings"
	"testing"
)

// TestDocsHTTPS: every command of docs/https.md is run by testdata/script/https.txtar, with the configuration that is shown.
func TestDocsHTTPS(t *testing.T) {
	page, err := os.ReadFile("../../docs/https.md")
	if err != nil {
		t.Fatal(err)
	}
	script, err := os.ReadFile("testdata/script/https.txtar")
	if err != nil {
		t.Fatal(err)
	}
	n, shown := 0, false
	for line := range strings.Lines(string(page)) {
		line = strings.TrimRight(line, "\n")
		command, isCommand := strings.CutPrefix(line, "$ ")
		switch {
		case strings.HasPrefix(line, "```"):
			shown = !shown
		case isCommand:
			n++
			if !strings.Contains(string(script), "\nexec "+command+"\n") {
				t.Errorf("%s: is not run", command)
			}
		case shown && !strings.Contains(string(script), "\n"+line+"\n"):
			t.Errorf("%s: is nothing that the script has", line)
		}
	}
	if n < 2 {
		t.Errorf("%d commands", n)
	}
}
