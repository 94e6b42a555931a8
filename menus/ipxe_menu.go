// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"strconv"
)

// page writes a page and everything that hangs on it; again is the label of this page.
func (w *ipxeWriter) page(pg *page, again string) {
	if only := pg.only(); only != nil {
		w.item(only, again)
		return
	}
	if !pg.picture.zero() { // builds without a graphical console do not know the command
		w.line("console --x 1024 --y 768 --picture", w.ref(pg.picture), "||")
	}
	w.line("menu", ipxeText(pg.title))
	for _, hidden := range []bool{false, true} { // hidden ones are empty lines, which show least at the end
		for _, it := range pg.items {
			if it.hidden == hidden && (!hidden || it.hotkey != "") {
				w.menuItem(it)
			}
		}
	}
	choose := []string{"choose"}
	if pg.def != "" {
		choose = append(choose, "--default", pg.def)
	}
	if pg.timeout > 0 {
		choose = append(choose, "--timeout", strconv.Itoa(pg.timeout*1000))
	}
	if pg.picture.zero() {
		w.line(append(choose, "selected && goto ${selected} || goto", w.escape(again))...)
	} else {
		w.line(append(choose, "selected || set selected", w.escape(again))...)
		w.line("console ||") // back to text, which is all that what comes next may know
		w.line("goto ${selected}")
	}
	for _, it := range pg.items {
		w.line(":" + it.id)
		if it.sub != nil {
			w.page(it.sub, it.id)
			continue
		}
		w.item(it, again)
	}
}

// escape is where the Escape key leads: from a sub-menu to the first one, from there to the disk.
func (w *ipxeWriter) escape(again string) string {
	if again == "start" {
		return "local"
	}
	return "start"
}

func (w *ipxeWriter) menuItem(it *item) {
	words := []string{"item"}
	if it.hotkey != "" {
		words = append(words, "--key", ipxeKey(it.hotkey))
	}
	title := ipxeText(it.title)
	switch {
	case it.hidden:
		title = "" // an empty text still reacts to its key
	case it.sub != nil:
		title += " ..."
	}
	w.line(append(words, it.id, title)...)
}
