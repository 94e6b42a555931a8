// SPDX-License-Identifier: Apache-2.0

package media_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

// TestDocs keeps the table of docs/media.md as the goldens are; -update writes it.
func TestDocs(t *testing.T) {
	const page, begin, end = "../../docs/media.md", "<!-- media -->\n", "<!-- end -->\n"
	b, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(b), begin)
	have, tail, closed := strings.Cut(rest, end)
	if !ok || !closed {
		t.Fatal("docs/media.md has no place for the table")
	}
	want := mediaTable(t)
	if *update {
		if err := os.WriteFile(page, []byte(head+begin+want+end+tail), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("go test ./internal/media -update writes it anew (-goldens +docs):\n%s", diff)
	}
}

func mediaTable(t *testing.T) string {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) < 20 {
		t.Fatalf("%d media, %v", len(paths), err)
	}
	table := "| medium | family | kernel | what it is told, or what to take instead |\n|---|---|---|---|\n"
	for _, path := range paths {
		if name := filepath.Base(path); name == "hostile.txtar" || name == "unknown.txtar" {
			continue
		}
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		facts := map[string]string{}
		for line := range strings.Lines(string(archive.Files[len(archive.Files)-1].Data)) {
			key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
			if facts[key] == "" {
				facts[key] = value
			}
		}
		row := fmt.Sprintf("| %s | %s | `%s` | `%s` |\n", facts["system"], facts["family"], facts["kernel"], facts["arguments"])
		if facts["cannot boot"] != "" {
			row = fmt.Sprintf("| %s | %s | none: %s | %s |\n", facts["system"], facts["family"], facts["cannot boot"], facts["instead"])
		}
		table += strings.ReplaceAll(row, "| `` |", "| |")
	}
	return table
}
