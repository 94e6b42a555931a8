// SPDX-License-Identifier: Apache-2.0

package e2e

import "testing"

func TestPutTable(t *testing.T) {
	const doc = "# A\n<!-- results: how -->\nold\nolder\n<!-- /results -->\n# B\n"
	got, err := PutTable(doc, "new\n")
	if want := "# A\n<!-- results: how -->\n\nnew\n\n<!-- /results -->\n# B\n"; err != nil || got != want {
		t.Errorf("got %q, %v", got, err)
	}
	again, err := PutTable(got, "new\n")
	if err != nil || again != got {
		t.Errorf("the second time: %q, %v", again, err)
	}
	for _, bad := range []string{"", "<!-- /results -->\n<!-- results: -->\n", "<!-- results: --><!-- /results -->"} {
		if out, err := PutTable(bad, "new"); err == nil {
			t.Errorf("%q became %q", bad, out)
		}
	}
}
