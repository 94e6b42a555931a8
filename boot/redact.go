// SPDX-License-Identifier: Apache-2.0

package boot

import "strings"

// hidden stands for a token.
const hidden = "…"

// Redact hides the tokens in a text: what follows "t/" in an address, up to the next slash, if it can be one. A wrong one is hidden
// too: it may be a right one with a letter missing.
func Redact(s string) string {
	at := strings.Index(s, "t/")
	if at < 0 {
		return s
	}
	var out strings.Builder
	for ; at >= 0; at = strings.Index(s, "t/") {
		n := at + len("t/")
		end := n
		for end < len(s) && isHex(s[end]) {
			end++
		}
		out.WriteString(s[:n])
		if end-n >= 16 && (at == 0 || !isLetter(s[at-1])) {
			out.WriteString(hidden)
			n = end
		}
		s = s[n:]
	}
	out.WriteString(s)
	return out.String()
}

func isHex(c byte) bool { return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f' }

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' }
