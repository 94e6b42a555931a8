// SPDX-License-Identifier: Apache-2.0

package docs_test

import (
	"os"
	"os/exec"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestEveryFolderHasAnAllowList: a folder that no strict rule of depguard is for may import whatever it likes, and nobody notices.
func TestEveryFolderHasAnAllowList(t *testing.T) {
	lint, err := os.ReadFile("../.golangci.yml")
	if err != nil {
		t.Fatal(err)
	}
	var fenced []string
	for _, rule := range regexp.MustCompile(`list-mode: strict\n +files: \[(.*)\]`).FindAllStringSubmatch(string(lint), -1) {
		for _, m := range regexp.MustCompile(`"\*\*/([a-z0-9_/*]+)/\*\.go"`).FindAllStringSubmatch(rule[1], -1) {
			fenced = append(fenced, m[1])
		}
	}
	out, err := exec.Command("git", "ls-files", "--full-name", "../*.go").Output()
	if err != nil {
		t.Fatal(err)
	}
	folders := map[string]bool{}
	for _, file := range strings.Fields(string(out)) {
		if !strings.HasSuffix(file, "_test.go") {
			folders[path.Dir(file)] = true
		}
	}
	if len(folders) < 30 {
		t.Fatalf("only %d folders were found", len(folders))
	}
	for dir := range folders {
		if !slices.Contains(fenced, dir) {
			t.Errorf("%s has no strict rule in .golangci.yml", dir)
		}
	}
	for _, dir := range fenced {
		if !folders[dir] {
			t.Errorf(".golangci.yml has a rule for %s, which is nowhere", dir)
		}
	}
}
