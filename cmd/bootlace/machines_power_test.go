// SPDX-License-Identifier: Apache-2.0

package main

import (
	"os"
	"strings"
	"testing"
)

// TestDocsPower: what docs/machines.md shows of power is what testdata/net/power.txtar runs, word by word.
func TestDocsPower(t *testing.T) {
	page, err := os.ReadFile("../../docs/machines.md")
	if err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile("testdata/net/power.txtar")
	if err != nil {
		t.Fatal(err)
	}
	script := strings.ReplaceAll(string(raw), " at c/", " at ")
	_, section, _ := strings.Cut(string(page), "\n## Power\n") // not by sections: a root's prompt looks like a heading
	section, _, _ = strings.Cut(section, "\n## ")
	n, shown := 0, false
	for line := range strings.Lines(section) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "```") {
			shown = !shown
			continue
		}
		command, isCommand := strings.CutPrefix(line, "# ")
		switch {
		case !shown:
		case isCommand:
			n++
			if !strings.Contains(script, "exec "+command+" --state state\n") {
				t.Errorf("%s: is not run", command)
			}
		case !strings.Contains(script, "\n"+line+"\n"):
			t.Errorf("%s: is nothing that was printed", line)
		}
	}
	if n < 6 {
		t.Fatalf("%d commands", n)
	}
}
