// SPDX-License-Identifier: Apache-2.0

package configs

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bootlace-net/bootlace/boot"
)

func TestWriteYAML(t *testing.T) {
	got, err := WriteYAML(boot.Vars{
		"words": []any{"no", "0123", "1e3", "12:30:45", "2026-01-02", "~", "", "a: b", "# c", "{{ d }}", "<é>", "two\nlines\x01", "\u2028"},
		"users": []any{boot.Vars{"name": "ann", "groups": []any{"a", "b"}}, map[string]string{"y": "yes"}},
		"empty": []any{boot.Vars{}, []any{}, nil},
		"on":    true,
		"n":     42,
	})
	if err != nil {
		t.Fatal(err)
	}
	const want = `"empty":
  - {}
  - []
  - null
"n": 42
"on": true
"users":
  - "groups":
      - "a"
      - "b"
    "name": "ann"
  - "y": "yes"
"words":
  - "no"
  - "0123"
  - "1e3"
  - "12:30:45"
  - "2026-01-02"
  - "~"
  - ""
  - "a: b"
  - "# c"
  - "{{ d }}"
  - "<é>"
  - "two\nlines\x01"
  - "\L"`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if got, err := WriteYAML(map[string]any{"x": 1.5}); err == nil {
		t.Errorf("a value of no known kind was written: %s", got)
	}
}
