// SPDX-License-Identifier: Apache-2.0

package fetch

import "testing"

func TestContentRange(t *testing.T) {
	for s, want := range map[string]struct {
		from, total int64
		ok          bool
	}{
		"bytes 5-9/10": {5, 10, true}, "bytes 0-0/*": {0, -1, true}, "bytes */10": {}, "items 5-9/10": {}, "": {}, "bytes 5-9": {}, "bytes x-9/10": {}, "bytes 5-9/x": {5, 0, false},
	} {
		if from, total, ok := contentRange(s); ok != want.ok || ok && (from != want.from || total != want.total) {
			t.Errorf("%q: %d of %d, %v", s, from, total, ok)
		}
	}
}

func FuzzContentRange(f *testing.F) {
	f.Add("bytes 5-9/10")
	f.Add("bytes 5-9/*")
	f.Fuzz(func(t *testing.T, s string) {
		if _, total, ok := contentRange(s); ok && total < -1 && s[len(s)-1] == '*' {
			t.Errorf("%q: %d", s, total)
		}
	})
}
