// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"strconv"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
)

// writeGRUB puts a page down for GRUB 2. Files are named from the top of the tree: whatever directory GRUB was loaded
// from, and whether its root is (tftp,…) or (http,…), the server that gave it this file has them.
func writeGRUB(s *session) ([]byte, error) {
	pg, err := s.page()
	if err != nil {
		return nil, err
	}
	w := &grubWriter{session: s}
	w.line(comment(s.title()))
	only := pg.only()
	if only != nil && only.kind == boot.EntryShell {
		return []byte(w.String()), nil // a configuration without entries leaves GRUB at its prompt
	}
	w.WriteString(grubLocalBoot)
	w.passwords(pg)
	if only != nil {
		w.single(only)
	} else {
		w.timeout(pg)
		w.fallback(pg)
		w.items(pg)
	}
	return []byte(w.String()), nil
}

// single starts an item at once. When that fails GRUB says so, waits for a key or ten seconds, and takes the fallback,
// which GRUB 2.06 finds by its number only.
func (w *grubWriter) single(it *item) {
	w.line("set timeout=0")
	w.line("set default=" + it.id)
	w.item(it)
	if it.kind == boot.EntryLocal {
		return
	}
	w.line("set fallback=1")
	w.block("menuentry", &item{id: "local", title: "Boot from the local disk"}, func() { w.line("local_boot") })
}

// fallback is the disk for a menu that offers it.
func (w *grubWriter) fallback(pg *page) {
	n := 0
	for _, it := range pg.items {
		switch {
		case !w.shown(it):
			continue
		case it.kind == boot.EntryLocal && it.password == "":
			w.line("set fallback=" + strconv.Itoa(n))
			return
		}
		n++
	}
}

type grubWriter struct {
	*session
	strings.Builder
	depth int
}

func (w *grubWriter) line(parts ...string) {
	w.WriteString(strings.Repeat("  ", w.depth))
	w.WriteString(strings.Join(parts, " "))
	w.WriteByte('\n')
}

func (w *grubWriter) timeout(pg *page) {
	t := -1 // waits for ever
	if pg.timeout > 0 {
		t = pg.timeout
	}
	w.line("set timeout=" + strconv.Itoa(t))
	if pg.def != "" {
		w.line("set default=" + pg.def)
	}
}

func (w *grubWriter) items(pg *page) {
	for _, it := range pg.items {
		switch {
		case !w.shown(it):
		case it.sub != nil:
			w.block("submenu", it, func() { w.timeout(it.sub); w.items(it.sub) })
		default:
			w.item(it)
		}
	}
}

// shown reports whether GRUB can offer an item. It hides nothing, has its prompt behind a key of its own, and cannot check
// the hashes of others.
func (w *grubWriter) shown(it *item) bool {
	return !it.hidden && it.kind != boot.EntryShell && (it.password == "" || w.grubHash(it.password) != "")
}

func (w *grubWriter) block(kind string, it *item, body func()) {
	head := []string{kind, grubWord(titleOf(it)), "--id", it.id}
	if it.hotkey != "" && isAlphanumeric(it.hotkey[0]) {
		head = append(head, "--hotkey", it.hotkey)
	}
	if it.password != "" {
		head = append(head, "--users", it.id)
	} else {
		head = append(head, "--unrestricted")
	}
	w.line(append(head, "{")...)
	w.depth++
	body()
	w.depth--
	w.line("}")
}
