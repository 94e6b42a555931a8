// SPDX-License-Identifier: Apache-2.0

package configs

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestExamples: every example loads without a complaint, and editors take it for right.
func TestExamples(t *testing.T) {
	dirs, _ := filepath.Glob("examples/*")
	if len(dirs) < 3 {
		t.Fatalf("there are only %d examples", len(dirs))
	}
	root := loadSchema(t)
	for _, dir := range dirs {
		cfg, problems := check(os.DirFS(dir), dir)
		for _, p := range problems {
			t.Error(p)
		}
		if cfg == nil || len(cfg.Catalog.Hosts()) == 0 || len(cfg.Catalog.Profiles()) == 0 {
			t.Errorf("%s has no hosts or no profiles", dir)
		}
		for def, pattern := range map[string]string{"bootlace": "bootlace.yaml", "profile": "profiles/*.yaml", "hosts": "hosts/*.yaml"} {
			names, _ := filepath.Glob(filepath.Join(dir, pattern))
			if len(names) == 0 {
				t.Errorf("%s has no %s", dir, pattern)
			}
			for _, name := range names {
				b, err := os.ReadFile(name)
				if err != nil {
					t.Fatal(err)
				}
				t.Run(strings.TrimPrefix(name, "examples/"), func(t *testing.T) { validateYAML(t, root, def, b) })
			}
		}
	}
}

// TestDirectory reads an example as the daemon does.
func TestDirectory(t *testing.T) {
	cfg, problems := check(os.DirFS("examples/rack"), "examples/rack")
	if cfg == nil {
		t.Fatal(problems)
	}
	if cfg.Settings.HTTP.Port != 80 || cfg.Settings.TFTP.BlockSize.Max != 1468 {
		t.Errorf("settings: %+v", cfg.Settings)
	}
	if got := cfg.Templates["user-data.yaml"]; got.S == "" || got.Pos.File != "examples/rack/templates/user-data.yaml" {
		t.Errorf("template: %+v", got.Pos)
	}
}
