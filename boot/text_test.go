// SPDX-License-Identifier: Apache-2.0

package boot

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestPrintable(t *testing.T) {
	for _, tt := range []struct{ in, printable, ascii string }{
		{"", "", ""},
		{"ipxe.efi", "ipxe.efi", "ipxe.efi"},
		{"a\nb\x1b[31m\x00", "a?b?[31m?", "a?b?[31m?"},
		{"caf\xc3\xa9", "café", "caf??"},
		{"bad\xff\xfe", "bad??", "bad??"},
		{"a\u202eb\u2028c\u0085", "a?b?c?", "a???b???c??"},
		{"a\u00a0b\ufffd", "a?b?", "a??b???"},
	} {
		if got := Printable(tt.in); got != tt.printable {
			t.Errorf("Printable(%q) = %q, want %q", tt.in, got, tt.printable)
		}
		if got := ASCII(tt.in); got != tt.ascii {
			t.Errorf("ASCII(%q) = %q, want %q", tt.in, got, tt.ascii)
		}
	}
	for _, tt := range []struct {
		in   string
		most int
		want string
	}{{"abc", 3, "abc"}, {"abcd", 3, "abc…"}, {"ééé\n", 3, "ééé…"}, {"\xff\xff", 1, "?…"}, {"", 0, ""}, {"a", 0, "…"}} {
		if got := Excerpt(tt.in, tt.most); got != tt.want {
			t.Errorf("Excerpt(%q, %d) = %q, want %q", tt.in, tt.most, got, tt.want)
		}
	}
}

func FuzzPrintable(f *testing.F) {
	f.Add("m/52-54-00-00-00-01/x\x1b[0m\xff")
	f.Add("\u202e\u0085é")
	f.Fuzz(func(t *testing.T, s string) {
		p := Printable(s)
		if !utf8.ValidString(p) || strings.ContainsFunc(p, func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Errorf("%q holds what cannot be printed", p)
		}
		if Printable(p) != p || utf8.RuneCountInString(p) != utf8.RuneCountInString(s) {
			t.Errorf("%q becomes %q, then %q", s, p, Printable(p))
		}
		if a := ASCII(s); len(a) != len(s) || !isPlain(a) {
			t.Errorf("%q becomes %q", s, a)
		}
		if e := Excerpt(s, 10); utf8.RuneCountInString(e) > 11 || !strings.HasPrefix(p, strings.TrimSuffix(e, "…")) {
			t.Errorf("%q is no excerpt of %q", e, p)
		}
	})
}
