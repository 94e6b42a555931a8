// SPDX-License-Identifier: Apache-2.0

package life

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the drawing and the table of states into the documentation")

const (
	drawingFile = "../../../docs/life.svg"
	docsFile    = "../../../docs/machines.md"
)

// TestDocs: the drawing and the table of states in the documentation are those of the code.
func TestDocs(t *testing.T) {
	page, err := os.ReadFile(docsFile)
	if err != nil {
		t.Fatal(err)
	}
	part := regexp.MustCompile(`(?s)<!-- states -->\n.*?<!-- /states -->`)
	if n := len(part.FindAllIndex(page, -1)); n != 1 {
		t.Fatalf("%d tables of states, want one", n)
	}
	for file, want := range map[string]string{
		drawingFile: drawing(),
		docsFile:    part.ReplaceAllLiteralString(string(page), "<!-- states -->\n"+statesTable()+"<!-- /states -->"),
	} {
		if *update {
			if err := os.WriteFile(file, []byte(want), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := os.ReadFile(file); err != nil || string(got) != want {
			t.Errorf("%s is not what the code has: run go generate (%v)", file, err)
		}
	}
}

// statesTable has a row for each state, with what is drawn of it.
func statesTable() string {
	var b strings.Builder
	b.WriteString("| state | means | gets | usually leads to |\n|---|---|---|---|\n")
	for _, s := range States() {
		var next []string
		for _, a := range arrows() {
			if a.from == s {
				next = append(next, fmt.Sprintf("`%s`: %s", a.to, a.on))
			}
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", s, s.About(), s.Gets(), strings.Join(next, "; "))
	}
	return b.String()
}

// Every state has words and a place, and the drawing has nothing that the table has not.
func TestDrawing(t *testing.T) {
	table := Transitions()
	drawn := map[State]bool{}
	for _, a := range arrows() {
		drawn[a.from], drawn[a.to] = true, true
		if !slices.Contains(table[a.from][a.on], a.to) {
			t.Errorf("nothing leads from %s to %s when a machine %s", a.from, a.to, a.on)
		}
	}
	for _, s := range States() {
		if _, ok := places()[s]; !ok || !drawn[s] || s.About() == "" || s.Gets() == "" || table[s] == nil {
			t.Errorf("%s is not drawn or not told of", s)
		}
	}
	for from, row := range table {
		for on := range row {
			if !slices.Contains(Triggers(), on) {
				t.Errorf("%s: %q is no trigger", from, on)
			}
		}
	}
}
