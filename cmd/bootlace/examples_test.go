// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// absent is how check tells of a file of an image, and of a secret, that is not there.
var (
	absentFile   = regexp.MustCompile(`(?:kernel|file|chain|iso|initrd|program) (\S+) does not exist in `)
	absentSecret = regexp.MustCompile(`there is no (?:such )?secret ?(\S*)`)
)

// TestExamplesAreWhole: with the files and secrets that its README lists, each example passes check --strict; and nothing is listed that it
// does not need.
func TestExamplesAreWhole(t *testing.T) {
	dirs, err := filepath.Glob("../../configs/examples/*")
	if err != nil || len(dirs) < 4 {
		t.Fatalf("%q %v", dirs, err)
	}
	for _, dir := range dirs {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			images, secrets := readmeLists(t, dir)
			root := t.TempDir()
			at := func(name string) string { return filepath.Join(root, name) }
			if err := os.CopyFS(at("etc"), os.DirFS(dir)); err != nil {
				t.Fatal(err)
			}
			here(t, at("etc/bootlace.yaml"), at("secrets"), at("images"))
			told := checked(t, at("etc"), false)
			var missing []string
			for _, m := range absentFile.FindAllStringSubmatch(told, -1) {
				missing = append(missing, m[1])
			}
			slices.Sort(missing)
			if missing = slices.Compact(missing); !slices.Equal(missing, images) {
				t.Errorf("check misses\n%s\nand README.md lists\n%s", strings.Join(missing, "\n"), strings.Join(images, "\n"))
			}
			for _, name := range images {
				write(t, at("images/"+name), "a file")
			}
			for _, name := range secrets {
				write(t, at("secrets/"+name), "a secret\n")
			}
			if told := checked(t, at("etc"), true); !strings.Contains(told, "no mistakes") {
				t.Error(told)
			}
			for _, name := range secrets {
				_ = os.Remove(at("secrets/" + name))
				if told := checked(t, at("etc"), true); !absentSecret.MatchString(told) {
					t.Errorf("nobody needs the secret %s", name)
				}
				write(t, at("secrets/"+name), "a secret\n")
			}
		})
	}
}

// readmeLists gives the files and secrets of an example's README: what stands between backticks below "Files" and "Secrets".
func readmeLists(t *testing.T, dir string) (images, secrets []string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	list := regexp.MustCompile("(?m)^\\* `([^`]+)`")
	all := sections(string(text))
	for _, m := range list.FindAllStringSubmatch(all["files"], -1) {
		images = append(images, m[1])
	}
	for _, m := range list.FindAllStringSubmatch(all["secrets"], -1) {
		secrets = append(secrets, m[1])
	}
	slices.Sort(images)
	return images, secrets
}

// here has the configuration read images and secrets from other places.
func here(t *testing.T, file, secrets, images string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil || os.Mkdir(secrets, 0o755) != nil || os.Mkdir(images, 0o755) != nil {
		t.Fatal(err)
	}
	changed := strings.ReplaceAll(string(text), "/etc/bootlace/secrets", secrets)
	changed = strings.Replace(changed, "server:\n", "server:\n  images: "+images+"\n  vault: "+images+"-vault\n  user: root\n", 1)
	if changed == string(text) {
		t.Fatalf("%s has no server: in lines of its own", file)
	}
	write(t, file, changed)
}

func checked(t *testing.T, dir string, strict bool) string {
	t.Helper()
	args := []string{"check", "--config", dir}
	if strict {
		args = append(args, "--strict")
	}
	root := newRoot(io.Discard)
	var out bytes.Buffer
	root.SetOut(&out)
	root.SetErr(&out)
	root.SetArgs(args)
	err := root.Execute()
	return out.String() + "\n" + strings.TrimSpace(errorText(err))
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
