// SPDX-License-Identifier: Apache-2.0

package configs

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFormat(t *testing.T) {
	const src = `# The head.

# About hosts.
hosts:
- name:   a   # the first
  match: {mac:    "52:54:00:00:00:01"}

# The second one.
- {name: b,   match: {serial: 0123}}
- name: c
  vars:
      text: |
        one

        two # no comment
      q: 'single'
# The end.
`
	const want = `# The head.

# About hosts.
hosts:
  - name: a # the first
    match: {mac: "52:54:00:00:00:01"}

  # The second one.
  - {name: b, match: {serial: 0123}}
  - name: c
    vars:
      text: |
        one

        two # no comment
      q: 'single'
# The end.
`
	got, err := Format([]byte(src))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestFormatExamples: what comes with the program is formatted, and formatting it again changes nothing.
func TestFormatExamples(t *testing.T) {
	n := 0
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".yaml" || strings.Contains(path, "templates") || strings.Contains(path, "testdata") {
			return err
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		n++
		got, err := Format(src)
		if err != nil {
			t.Errorf("%s: %v", path, err)
		}
		if diff := cmp.Diff(string(src), string(got)); diff != "" {
			t.Errorf("%s (-is +should be):\n%s", path, diff)
		}
		return nil
	})
	if err != nil || n < 10 {
		t.Fatal(n, err)
	}
}

// FuzzFormat: formatting keeps the values and, done again, changes nothing.
func FuzzFormat(f *testing.F) {
	f.Add("a: 1 # x\n\n# y\nb: [1,2]\n")
	f.Add("---\na: |\n  x\n\n  y\n---\nb\n")
	f.Add("? a\n: &x {b: *x}\n")
	f.Add("# only a comment\n")
	f.Fuzz(func(t *testing.T, src string) {
		once, err := Format([]byte(src))
		if err != nil {
			return
		}
		twice, err := Format(once)
		if err != nil {
			t.Skip("refused the second time: nothing is lost")
		}
		if string(once) != string(twice) {
			again, err := Format(twice)
			if err == nil && string(again) != string(twice) {
				t.Fatalf("%q became %q, then %q, then %q", src, once, twice, again)
			}
		}
	})
}
