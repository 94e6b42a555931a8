// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"slices"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
)

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
	if w.unwritable(kernel, modules) {
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
	if w.uboot || w.unwritable(it.kernel, it.modules) {
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

// unwritable reports whether a name cannot be written here: there are no quotes, and a comma separates initrds. U-Boot
// takes one initrd.
func (w *pxelinuxWriter) unwritable(kernel ref, modules []module) bool {
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
