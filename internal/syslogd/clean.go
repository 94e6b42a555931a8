// SPDX-License-Identifier: Apache-2.0

package syslogd

import (
	"strings"
	"unicode/utf8"
)

const escape = 0x1b

// clean takes out what only a terminal understands: escape sequences (ECMA-48), and what a backspace deletes. Loaders paint
// their menus with that. What is left is made safe for screens by who shows it.
func clean(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }) < 0 {
		return cut(strings.Trim(s, " "), mostText)
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c == escape:
			i += sequence(s[i:])
			continue
		case c == '\b' && len(b) > 0:
			_, n := utf8.DecodeLastRune(b)
			b = b[:len(b)-n]
		case c == '\t':
			b = append(b, ' ')
		case c >= ' ' && c != 0x7f:
			b = append(b, c)
		}
		i++
	}
	return cut(strings.Trim(string(b), " "), mostText)
}

// sequence gives the length of the escape sequence at the beginning of s. One that does not end takes all that is left.
func sequence(s string) int {
	if len(s) < 2 || s[1] >= utf8.RuneSelf {
		return 1
	}
	switch s[1] {
	case '[': // parameters, then a byte from @ to ~ (ECMA-48 section 5.4)
		for i := 2; i < len(s); i++ {
			if s[i] >= '@' && s[i] <= '~' {
				return i + 1
			}
		}
		return len(s)
	case ']', 'P', 'X', '^', '_': // a string, to BEL or ESC \
		for i := 2; i < len(s); i++ {
			if s[i] == '\a' {
				return i + 1
			}
			if s[i] == escape && i+1 < len(s) && s[i+1] >= utf8.RuneSelf {
				return i + 1 // what comes is a letter, and not to be cut in two
			}
			if s[i] == escape {
				return min(i+2, len(s))
			}
		}
		return len(s)
	}
	return 2
}
