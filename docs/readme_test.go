// SPDX-License-Identifier: Apache-2.0

package docs_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/bootlace-net/bootlace/internal/site"
)

// TestReadmeExample: what README says that one can write is a configuration.
func TestReadmeExample(t *testing.T) {
	page, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(page), "## What you can say\n\n```yaml\n")
	example, _, closed := strings.Cut(rest, "```")
	if !ok || !closed {
		t.Fatal("README has no example any more")
	}
	dir := t.TempDir()
	files := regexp.MustCompile(`(?m)^# (\S+\.yaml)`).FindAllStringSubmatchIndex(example, -1)
	if len(files) < 2 {
		t.Fatalf("only %d files in the example", len(files))
	}
	for i, m := range files {
		end := len(example)
		if i+1 < len(files) {
			end = files[i+1][0]
		}
		file := filepath.Join(dir, example[m[2]:m[3]])
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(example[m[0]:end]), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "bootlace.yaml"), []byte("unknown: ignore\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	found, problems, err := site.Open(dir, site.Overrides{State: t.TempDir()})
	for _, p := range problems {
		t.Errorf("%v: %s: %s", p.Pos, p.What, p.Expected)
	}
	if err != nil || found == nil {
		t.Fatalf("it is no configuration: %v", err)
	}
}
