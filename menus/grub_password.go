// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"strings"
)

// passwords declares one user for each locked item. With any password GRUB asks for one before it lets anybody edit
// entries or type commands.
func (w *grubWriter) passwords(pg *page) {
	var users []string
	eachLocked(pg, func(it *item) {
		if h := w.grubHash(it.password); h != "" {
			w.line("password_pbkdf2", it.id, h)
			users = append(users, it.id)
		}
	})
	if len(users) > 0 {
		w.line("set superusers=" + grubWord(strings.Join(users, ",")))
		w.line("export superusers")
	} else if pg.anyLocked() {
		w.line("set superusers=nobody") // no such user: entries can be started, not edited
		w.line("export superusers")
	}
}

func eachLocked(pg *page, visit func(*item)) {
	for _, it := range pg.items {
		if it.password != "" {
			visit(it)
		}
		if it.sub != nil {
			eachLocked(it.sub, visit)
		}
	}
}

// grubHash reports whether GRUB can check a hash; it knows only its own kind.
func grubHash(h string) bool { return strings.HasPrefix(h, "grub.pbkdf2.sha512.") }
