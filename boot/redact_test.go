// SPDX-License-Identifier: Apache-2.0

package boot

import (
	"strings"
	"testing"
)

func TestRedact(t *testing.T) {
	const token = "0123456789abcdef0123456789ABCDEF"
	for in, want := range map[string]string{
		"":                           "",
		"/t/" + token + "/done":      "/t/…/done",
		"t/" + token + "/file/a/t/b": "t/…/file/a/t/b",
		"GET http://192.0.2.1:8080/t/" + token + "/log and t/" + token: "GET http://192.0.2.1:8080/t/…/log and t/…",
		"//t/" + token[:31] + "/done":                                  "//t/…/done",
		"dist/0123456789abcdef0123":                                    "dist/0123456789abcdef0123",
		"/t/short/done":                                                "/t/short/done",
		"/boot/t/x":                                                    "/boot/t/x",
	} {
		if got := Redact(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func FuzzRedact(f *testing.F) {
	const token = "0123456789abcdef0123456789abcdef"
	f.Add("a/", "/b")
	f.Fuzz(func(t *testing.T, before, after string) {
		if strings.Contains(before+after, token[:8]) || before != "" && isLetter(before[len(before)-1]) {
			return
		}
		if got := Redact(before + "t/" + token + after); strings.Contains(got, token) {
			t.Errorf("%q", got)
		}
	})
}
