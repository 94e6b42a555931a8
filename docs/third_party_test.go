// SPDX-License-Identifier: Apache-2.0

package docs_test

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// TestThirdPartyIsComplete: whoever hands the binary on has to name all that is in it, and for iPXE where its source is.
func TestThirdPartyIsComplete(t *testing.T) {
	page, err := os.ReadFile("../THIRD_PARTY.md")
	if err != nil {
		t.Fatal(err)
	}
	named := strings.FieldsFunc(string(page), func(r rune) bool { return strings.ContainsRune(" ,|`\n", r) })
	modules := map[string]string{}
	for _, goos := range []string{"linux", "windows", "darwin", "freebsd"} {
		cmd := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{.Path}} {{.Version}}{{end}}", "./cmd/bootlace")
		cmd.Dir, cmd.Env = "..", append(os.Environ(), "GOOS="+goos)
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(out)) {
			if module, version, ok := strings.Cut(strings.TrimSpace(line), " "); ok && version != "" {
				modules[module] = version
			}
		}
	}
	if len(modules) < 20 {
		t.Fatalf("only %d modules were found", len(modules))
	}
	for module := range modules {
		if !slices.Contains(named, module) {
			t.Errorf("THIRD_PARTY.md does not name %s", module)
		}
	}
	if loaders := modules["github.com/tinkerbell/ipxedust"]; !slices.Contains(named, loaders) {
		t.Errorf("THIRD_PARTY.md does not name version %s of the embedded loaders", loaders)
	}
}
