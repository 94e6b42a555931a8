// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"slices"
	"strconv"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
)

// writePXELinux puts a page down for PXELINUX, and for U-Boot, which reads the same language from the same names
// (pxelinux.cfg/…, extlinux.conf) but knows only its LABEL, LINUX, INITRD, APPEND, LOCALBOOT, MENU, DEFAULT, TIMEOUT.
func writePXELinux(s *session) ([]byte, error) {
	pg, err := s.page()
	if err != nil {
		return nil, err
	}
	w := &pxelinuxWriter{session: s, uboot: s.uboot()}
	w.line(comment(s.title()))
	w.page(pg)
	return []byte(w.String()), nil
}

// uboot reports whether U-Boot reads the file: PXELINUX exists for PCs only, and never asks for extlinux.conf.
func (s *session) uboot() bool {
	a := s.visit.Client.Arch()
	return a.Firmware() == boot.FirmwareUBoot || a.CPU() != "i386" && a.CPU() != "x86_64" || s.visit.Name.Kind == boot.KindExtlinux
}

type pxelinuxWriter struct {
	*session
	strings.Builder
	uboot bool
	ui    string // the menu's program; "": none, so the menu is typed
	depth int
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
	case w.uboot:
		w.line("MENU TITLE", pxelinuxText(pg.title))
	case w.ui != "":
		w.line("UI", w.ui)
		w.line("MENU TITLE", pxelinuxText(pg.title))
		if w.ui == "vesamenu.c32" && !pg.picture.zero() && (pg.picture.ext == "" || w.http()) {
			w.line("MENU BACKGROUND", w.path(pg.picture))
		}
	default:
		w.typed(pg)
	}
	if def := w.defaultOf(pg); def != "" {
		w.line("DEFAULT", def)
		w.line("ONTIMEOUT", def)
	}
	w.line("TIMEOUT", strconv.Itoa(pg.timeout*10)) // tenths of a second; 0 waits for ever
	if pg.anyLocked() && !w.uboot {
		w.line("ALLOWOPTIONS 0")
		w.line("NOESCAPE 1") // else the prompt behind the menu starts anything by its label
	}
	w.items(pg)
}

// single starts an item at once. When that fails PXELINUX says so and shows its prompt; after ten seconds without a key it
// goes on with the local disk.
func (w *pxelinuxWriter) single(it *item) {
	w.line("DEFAULT", it.id)
	w.line("PROMPT 0")
	if it.kind != boot.EntryLocal && !w.uboot {
		w.line("TIMEOUT", strconv.Itoa(retryDelay/100))
		w.line("ONTIMEOUT local")
	}
	w.item(it)
	if it.kind != boot.EntryLocal && !w.uboot {
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

// typed writes a menu that needs no program: its lines are printed, and a label is typed behind "boot:".
func (w *pxelinuxWriter) typed(pg *page) {
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

func (p *page) anyLocked() bool {
	return slices.ContainsFunc(p.items, func(it *item) bool {
		return it.password != "" || it.sub != nil && it.sub.anyLocked()
	})
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

// shown reports whether this loader can offer an item. A password needs the menu's program, which knows SHA-512.
func (w *pxelinuxWriter) shown(it *item) bool {
	if it.password != "" && (w.ui == "" || w.cryptHash(it.password) == "") {
		return false
	}
	return it.kind != boot.EntryShell // there is none
}

func (w *pxelinuxWriter) item(it *item) {
	w.line("LABEL", it.id)
	w.depth++
	defer func() { w.depth-- }()
	w.line("MENU LABEL", pxelinuxText(withHotkey(it)))
	if it.hidden {
		w.line("MENU HIDE")
	}
	if it.password != "" {
		w.line("MENU PASSWD", w.cryptHash(it.password))
	}
	w.body(it)
}

func (w *pxelinuxWriter) body(it *item) {
	switch it.kind {
	case boot.EntryLocal:
		w.line("LOCALBOOT 0")
	case boot.EntryKernel:
		w.linux(it.kernel, it.modules, it.args)
	case boot.EntryISO:
		w.linux(w.kernelOf(it), w.modulesOf(it), append([]string{"iso", "raw"}, it.args...))
	case boot.EntryMemdisk:
		w.linux(w.kernelOf(it), w.modulesOf(it), it.args)
	case boot.EntryModules:
		w.hypervisor(it)
	case boot.EntryChain:
		w.chain(it.target)
	default:
		w.ipxe()
	}
}

func (w *pxelinuxWriter) linux(kernel ref, modules []module, args []string) {
	if w.tooHard(kernel, modules) {
		w.ipxe()
		return
	}
	w.line("LINUX", w.path(kernel))
	if len(modules) > 0 {
		files := make([]string, len(modules))
		for i, m := range modules {
			files[i] = w.path(m.file)
		}
		w.line("INITRD", strings.Join(files, ","))
	}
	if len(args) > 0 {
		w.line("APPEND", appendArgs(args))
	}
}

// appendArgs joins words; a lone "-" would mean that there are none.
func appendArgs(args []string) string {
	if len(args) == 1 && args[0] == "-" {
		return `"-"`
	}
	return strings.Join(args, " ")
}

func (w *pxelinuxWriter) hypervisor(it *item) {
	if w.uboot || w.tooHard(it.kernel, it.modules) {
		w.ipxe()
		return
	}
	parts := append([]string{w.path(it.kernel)}, it.args...)
	for _, m := range it.modules {
		parts = append(append(parts, "---", w.path(m.file)), m.args...)
	}
	w.line("KERNEL", w.path(w.sibling("mboot.c32")))
	w.line("APPEND", strings.Join(parts, " "))
}

func (w *pxelinuxWriter) sibling(base string) ref {
	n, _ := boot.ParseName(base) // a constant
	return ref{name: n.For(w.visit.Client.MAC)}
}

// chain starts another program of the tree. Names do not tell PXELINUX enough about boot programs of PXE, and scripts and
// URLs are for iPXE.
func (w *pxelinuxWriter) chain(r ref) {
	base := strings.ToLower(r.name.Base)
	switch {
	case w.uboot, r.ext != "", strings.ContainsAny(w.path(r), " ,"), strings.HasSuffix(base, ".ipxe"), strings.HasSuffix(base, ".efi"):
		w.ipxe()
	case strings.HasSuffix(base, ".0"), strings.HasSuffix(base, "pxe"):
		w.line("PXE", w.path(r))
	default:
		w.line("KERNEL", w.path(r))
	}
}

// ipxe hands over to iPXE, which can do what PXELINUX cannot; its script starts the same profile.
func (w *pxelinuxWriter) ipxe() {
	if w.uboot {
		w.line("SAY Bootlace: U-Boot cannot start this entry; going on with the local disk")
		w.line("LOCALBOOT 1")
		return
	}
	w.line("PXE", w.path(w.sibling("undionly.kpxe")))
}

// tooHard reports whether a name cannot be written here: there are no quotes, and a comma separates initrds. U-Boot
// takes one initrd.
func (w *pxelinuxWriter) tooHard(kernel ref, modules []module) bool {
	if w.uboot && len(modules) > 1 {
		return true
	}
	bad := func(r ref) bool { return strings.ContainsAny(w.path(r), " ,") || r.ext != "" && !w.http() }
	return bad(kernel) || slices.ContainsFunc(modules, func(m module) bool { return bad(m.file) })
}

// http reports whether the loader understands URLs: lpxelinux.0 does, pxelinux.0 does not, and nothing else tells them
// apart than the name that we gave it.
func (w *pxelinuxWriter) http() bool { return strings.HasPrefix(w.plan.Loader.Base, "lpxelinux") }

// path writes the name of a file. Loaders put the directory they came from before a relative one; "::" in front keeps
// PXELINUX from it, where that directory is not the machine's own.
func (w *pxelinuxWriter) path(r ref) string {
	if r.ext != "" {
		return r.ext
	}
	here := w.visit.Name
	switch {
	case here.Dir == "" && here.Machine == r.name.Machine, w.uboot && w.visit.Name.Kind == boot.KindPXELinux:
		return r.name.Path()
	case w.uboot:
		return "/" + r.name.String()
	case here.Dir == "" && here.Machine.IsZero():
		return r.name.String()
	default:
		return "::" + r.name.String()
	}
}

// menuProgram finds menu.c32 where PXELINUX finds its libraries: in its own directory.
func (w *pxelinuxWriter) menuProgram() string {
	if w.tree.opts.Images == nil || w.uboot {
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
	return strings.Join(strings.Fields(flat(s)), " ")
}
