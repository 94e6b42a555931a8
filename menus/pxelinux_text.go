// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"strings"
)

// withHotkey marks the key of an item: its first place in the title, or in brackets behind it.
func withHotkey(it *item) string {
	title := strings.ReplaceAll(titleOf(it), "^", "")
	if it.hotkey == "" || it.hotkey == "^" {
		return title
	}
	if i := strings.Index(strings.ToLower(title), strings.ToLower(it.hotkey)); i >= 0 {
		return title[:i] + "\x00" + title[i:]
	}
	return title + " (\x00" + it.hotkey + ")"
}

// pxelinuxText makes a text safe as the rest of a line: ^ would mark a key, so only the one that withHotkey meant does.
func pxelinuxText(s string) string {
	s = strings.ReplaceAll(s, "^", "")
	s = strings.ReplaceAll(s, "\x00", "^")
	return strings.Join(strings.Fields(oneLine(s)), " ")
}
