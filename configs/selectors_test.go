// SPDX-License-Identifier: Apache-2.0

package configs

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/bootlace-net/bootlace/boot"
)

// TestSelectorsAreWritten: each selector of boot's table is read from YAML, is in the schema, the documentation and the reference.
func TestSelectorsAreWritten(t *testing.T) {
	root := loadSchema(t)
	props := root["$defs"].(object)["match"].(object)["properties"].(object)
	docs := matchTable() + docsOrder()
	reference := strings.SplitN(string(Reference()), "\n---\n", 3)[2]
	for _, s := range boot.Selectors() {
		if props[s.Key] == nil || !strings.Contains(docs, s.Name) || !strings.Contains(docs, "| `"+s.Key+"` |") || !strings.Contains(reference, s.Key+":") {
			t.Errorf("%s: schema %v; or it is not in the documentation or the reference", s.Name, props[s.Key])
		}
		if s.Whole(&boot.Match{}) != nil || s.Form.What == "" {
			continue // labels and known have cases of their own
		}
		var want boot.Match
		if err := s.Parse(&want, s.Form.Example); err != nil {
			t.Fatal(err)
		}
		for _, form := range []string{"%q", "[%q]"} {
			text := "groups: [{name: g, match: {" + s.Key + ": " + fmt.Sprintf(form, s.Form.Example) + "}}]"
			spec := Directory(fstest.MapFS{"hosts/h.yaml": {Data: []byte(text)}}, "")
			if len(spec.Groups) != 1 || !reflect.DeepEqual(spec.Groups[0].Match, want) {
				t.Errorf("%s: %v", text, spec.Problems)
			}
			validateYAML(t, root, "hosts", []byte(text))
		}
	}
	if keys, _ := matchKeys(); len(props) != len(keys) {
		t.Errorf("%d keys in the schema, %d in the table", len(props), len(keys))
	}
}
