// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"strings"
	"testing"
)

// The description cannot drift from what there is.
func TestReference(t *testing.T) {
	ref := Reference()
	for name := range funcs() {
		_, told := Functions()[name]
		if told == strings.HasPrefix(name, "_") {
			t.Errorf("function %s is described: %v", name, told)
		}
	}
	for name := range Functions() {
		if funcs()[name] == nil {
			t.Errorf("%s is described, but does not exist", name)
		}
		if !strings.Contains(ref, "| `"+name+"` |") {
			t.Errorf("%s is missing in the reference", name)
		}
	}
	s := &session{tree: &Tree{}}
	for name := range s.scope(nil).data {
		if name != scopeKey && !strings.Contains(ref, "`."+name) {
			t.Errorf(".%s is not described", name)
		}
	}
}
