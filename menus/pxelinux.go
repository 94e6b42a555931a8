// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"slices"
	"strconv"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
)

// writePXELinux puts a page down for whichever program reads PXELINUX's language from the names that PXELINUX asks for.
func writePXELinux(s *session) ([]byte, error) {
	pg, err := s.page()
	if err != nil {
		return nil, err
	}
	w := &pxelinuxWriter{session: s, program: s.syslinux()}
	w.line(comment(s.title()))
	w.page(pg)
	return []byte(w.String()), nil
}

type pxelinuxWriter struct {
	*session
	strings.Builder
	program syslinux
	ui      string // the menu's program; "": none, so the menu is typed
	depth   int
}

func (w *pxelinuxWriter) line(parts ...string) {
	w.WriteString(strings.Repeat("  ", w.depth))
	w.WriteString(strings.Join(parts, " "))
	w.WriteByte('\n')
}

func (w *pxelinuxWriter) page(pg *page) {
	if only := pg.only(); only != nil {
		w.single(only)
		return
	}
	w.ui = w.menuProgram()
	switch {
	case w.program == uboot:
		w.line("MENU TITLE", pxelinuxText(pg.title))
	case w.ui != "":
		w.line("UI", w.ui)
		w.line("MENU TITLE", pxelinuxText(pg.title))
		if w.ui == "vesamenu.c32" && !pg.picture.zero() && (pg.picture.ext == "" || w.program.http()) {
			w.line("MENU BACKGROUND", w.path(pg.picture))
		}
	default:
		w.typedMenu(pg)
	}
	if def := w.defaultOf(pg); def != "" {
		w.line("DEFAULT", def)
		w.line("ONTIMEOUT", def)
	}
	w.line("TIMEOUT", strconv.Itoa(pg.timeout*10)) // tenths of a second; 0 waits for ever
	if pg.anyLocked() && w.program != uboot {
		w.line("ALLOWOPTIONS 0")
		w.line("NOESCAPE 1") // else the prompt behind the menu starts anything by its label
	}
	w.items(pg)
}

// single starts an item at once. When that fails PXELINUX says so and shows its prompt; after ten seconds without a key it
// goes on with the local disk.
func (w *pxelinuxWriter) single(it *item) {
	w.memory(it)
	w.line("DEFAULT", it.id)
	if w.unfit(it) && w.program != uboot {
		w.line("PROMPT 1") // else nobody could read why
	} else {
		w.line("PROMPT 0")
	}
	if it.kind != boot.EntryLocal && w.program != uboot {
		w.line("TIMEOUT", strconv.Itoa(retryDelay/100))
		w.line("ONTIMEOUT local")
	}
	w.item(it)
	if it.kind != boot.EntryLocal && w.program != uboot {
		w.line("LABEL local")
		w.line("  LOCALBOOT 0")
	}
}

// defaultOf gives the default item of a page, if it can be started unasked.
func (w *pxelinuxWriter) defaultOf(pg *page) string {
	for _, it := range pg.items {
		if it.id == pg.def && w.shown(it) {
			return it.id
		}
	}
	return ""
}

// typedMenu writes a menu that needs no program: its lines are printed, and a label is typed behind "boot:".
func (w *pxelinuxWriter) typedMenu(pg *page) {
	w.line("SAY", pxelinuxText(pg.title))
	w.each(pg, func(it *item) {
		if it.sub == nil && w.shown(it) && !it.hidden {
			w.line("SAY ", it.id, " ", pxelinuxText(titleOf(it)))
		}
	})
	w.line("PROMPT 1")
}

// each visits every item, those of sub-menus, too.
func (w *pxelinuxWriter) each(pg *page, visit func(*item)) {
	for _, it := range pg.items {
		visit(it)
		if it.sub != nil {
			w.each(it.sub, visit)
		}
	}
}

func (w *pxelinuxWriter) items(pg *page) {
	for _, it := range pg.items {
		switch {
		case !w.shown(it):
		case it.sub == nil:
			w.item(it)
		case w.ui != "":
			w.submenu(it)
		default:
			w.items(it.sub)
		}
	}
}

func (w *pxelinuxWriter) submenu(it *item) {
	w.line("MENU BEGIN", it.id)
	w.depth++
	w.line("MENU TITLE", pxelinuxText(titleOf(it)))
	w.items(it.sub)
	w.line("LABEL", it.id+"back")
	w.line("  MENU LABEL Back")
	w.line("  MENU EXIT")
	w.depth--
	w.line("MENU END")
}

// shown reports whether this loader can offer an item. A password needs the menu's program, which knows SHA-512; what cannot
// be started is offered only where another program can.
func (w *pxelinuxWriter) shown(it *item) bool {
	switch {
	case it.password != "" && (w.ui == "" || w.cryptHash(it.password) == ""):
		return false
	case it.kind == boot.EntryShell: // there is none
		return false
	default:
		return w.program != syslinuxEFI || it.sub != nil || w.starts(it)
	}
}

// menuProgram finds menu.c32 where PXELINUX finds its libraries: in its own directory.
func (w *pxelinuxWriter) menuProgram() string {
	if w.tree.opts.Images == nil || w.program == uboot {
		return ""
	}
	names := w.tree.opts.Images.Names()
	for _, base := range []string{"vesamenu.c32", "menu.c32"} {
		path := base
		if w.visit.Name.Dir != "" {
			path = w.visit.Name.Dir + "/" + base
		}
		if _, ok := slices.BinarySearch(names, path); ok {
			return base
		}
	}
	return ""
}
