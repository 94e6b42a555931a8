// SPDX-License-Identifier: Apache-2.0

package boot

import (
	"strings"
	"unicode"
)

// Printable makes text from outside fit for logs, pages and terminals: what is not meant to be seen, such as line breaks, escape
// sequences, marks that turn the direction of writing, and bytes that are not UTF-8, becomes a question mark.
func Printable(s string) string {
	if isPlain(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if r == unicode.ReplacementChar || !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, s)
}

// Excerpt is Printable of the beginning of s, at most as many characters as said and then an ellipsis.
func Excerpt(s string, most int) string {
	if len(s) <= most {
		return Printable(s)
	}
	n := 0
	for i := range s {
		if n == most {
			return Printable(s[:i]) + "…"
		}
		n++
	}
	return Printable(s)
}

// ASCII is for text that firmware shows, which knows no other characters: every other byte becomes a question mark.
func ASCII(s string) string {
	if isPlain(s) {
		return s
	}
	b := []byte(s)
	for i, c := range b {
		if !plain(c) {
			b[i] = '?'
		}
	}
	return string(b)
}

func isPlain(s string) bool {
	for i := range len(s) {
		if !plain(s[i]) {
			return false
		}
	}
	return true
}

func plain(c byte) bool { return ' ' <= c && c <= '~' }
