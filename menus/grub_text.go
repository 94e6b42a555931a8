// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"strings"
)

func isAlphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// unquoted takes the kernel's quotes off a word: GRUB puts quotes of its own around words with spaces.
func unquoted(w string) string { return strings.ReplaceAll(w, `"`, "") }

// grubWord makes one word of any text. Between single quotes GRUB takes everything as it is; a single quote itself
// stands outside, behind a backslash.
func grubWord(s string) string {
	if s != "" && strings.IndexFunc(s, func(r rune) bool { return !harmless(r) }) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

func harmless(r rune) bool {
	return r < 0x80 && isAlphanumeric(byte(r)) || strings.ContainsRune("/.,:=_-+@%", r)
}
