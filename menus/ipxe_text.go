// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"strconv"
	"strings"
)

// ipxeText makes a text safe as the rest of a line. Operators are made plain, and what iPXE would expand is taken apart.
func ipxeText(s string) string {
	words := strings.Fields(oneLine(s))
	for i, w := range words {
		switch {
		case w == "&&" || w == "||":
			words[i] = w[:1]
		case w == ";":
			words[i] = ","
		case w[0] == '#':
			words[i] = "No." + strings.TrimLeft(w, "#")
		case w[0] == '-' && i == 0:
			words[i] = "_" + w // an option otherwise
		}
	}
	return strings.ReplaceAll(strings.Join(words, " "), "${", "$ {")
}

// ipxeKey writes a key so that none is special: #, ; and others by their number.
func ipxeKey(k string) string {
	return "0x" + strconv.FormatUint(uint64(k[0]), 16)
}
