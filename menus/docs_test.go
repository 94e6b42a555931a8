// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const docsFile = "../docs/templates.md"

// TestDocs: the table of functions in the documentation is that of the code, and says something of each.
func TestDocs(t *testing.T) {
	b, err := os.ReadFile(docsFile)
	if err != nil {
		t.Fatal(err)
	}
	tables := regexp.MustCompile(`(?s)<!-- functions -->\n.*?<!-- end -->`)
	if n := len(tables.FindAllIndex(b, -1)); n != 1 {
		t.Fatalf("%d tables of functions, want one", n)
	}
	want := tables.ReplaceAllLiteralString(string(b), "<!-- functions -->\n"+functionsTable()+"<!-- end -->")
	if *update {
		if err := os.WriteFile(docsFile, []byte(want), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, string(b)); diff != "" {
		t.Errorf("run go generate (-want +got):\n%s", diff)
	}
}

func functionsTable() string {
	var b strings.Builder
	b.WriteString("| function | |\n| --- | --- |\n")
	for _, name := range slices.Sorted(maps.Keys(functions())) {
		fmt.Fprintf(&b, "| `%s` | %s |\n", name, marked(functions()[name].about))
	}
	return b.String()
}

// marked puts the expressions of a description into code marks, and keeps a pipe in one from ending the table's column.
func marked(s string) string {
	return strings.NewReplacer("{{", "`{{", "}}", "}}`", "|", `\|`).Replace(s)
}

// The description cannot drift from what there is.
func TestDocsAreComplete(t *testing.T) {
	b, err := os.ReadFile(docsFile)
	if err != nil {
		t.Fatal(err)
	}
	for name := range (&Options{}).funcs() {
		f, told := functions()[name]
		if told == strings.HasPrefix(name, "_") {
			t.Errorf("function %s is described: %v", name, told)
		}
		if told && !strings.Contains(f.about, "{{ ") {
			t.Errorf("%s is described without an example: %q", name, f.about)
		}
	}
	s := &session{tree: &Tree{}}
	for name := range s.scope(nil).data {
		if name != scopeKey && !strings.Contains(string(b), "`."+name) {
			t.Errorf(".%s is not described", name)
		}
	}
}
