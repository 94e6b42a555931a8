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
	switch {
	case w.unfit(it) && w.program == uboot:
		w.line("LOCALBOOT 1")
	case w.unfit(it):
		w.line("LOCALBOOT 0")
	case !w.starts(it):
		w.handOver()
	case it.kind == boot.EntryLocal:
		w.line("LOCALBOOT 0")
	case it.kind == boot.EntryISO:
		w.linux(it, append([]string{"iso", "raw"}, it.args...))
	case it.kind == boot.EntryModules:
		w.hypervisor(it)
	case it.kind == boot.EntryChain:
		w.chain(it.target)
	default:
		w.linux(it, it.args)
	}
}

// starts reports whether the program can start an item by itself.
func (w *pxelinuxWriter) starts(it *item) bool {
	if w.program.never(it.kind) {
		return false
	}
	switch it.kind {
	case boot.EntryLocal:
		return true
	case boot.EntryKernel, boot.EntryModules, boot.EntryISO, boot.EntryMemdisk:
		return w.writable(w.kernelOf(it), w.modulesOf(it))
	case boot.EntryChain:
		return w.chains(it.target)
	default:
		return false
	}
}

func (w *pxelinuxWriter) linux(it *item, args []string) {
	w.line("LINUX", w.path(w.kernelOf(it)))
	if modules := w.modulesOf(it); len(modules) > 0 {
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
	parts := append([]string{w.path(it.kernel)}, it.args...)
	for _, m := range it.modules {
		parts = append(append(parts, "---", w.path(m.file)), m.args...)
	}
	w.line("KERNEL", w.path(w.sibling(w.program.modules(w.visit.Name.Dir)+"mboot.c32")))
	w.line("APPEND", strings.Join(parts, " "))
}

func (w *pxelinuxWriter) sibling(path string) ref {
	n, _ := boot.ParseName(path) // a constant, in a directory that is a name already
	return ref{name: n.For(w.visit.Client.MAC)}
}

// chains reports whether a program of the tree is one that PXELINUX starts. Scripts and URLs are for iPXE.
func (w *pxelinuxWriter) chains(r ref) bool {
	base := strings.ToLower(r.name.Base)
	return r.ext == "" && !strings.ContainsAny(w.path(r), " ,") && !strings.HasSuffix(base, ".ipxe") && !strings.HasSuffix(base, ".efi")
}

// chain starts another program, by what its name says that it is.
func (w *pxelinuxWriter) chain(r ref) {
	base := strings.ToLower(r.name.Base)
	if strings.HasSuffix(base, ".0") || strings.HasSuffix(base, "pxe") {
		w.line("PXE", w.path(r))
	} else {
		w.line("KERNEL", w.path(r))
	}
}

// handOver is for what the program cannot start: on a BIOS iPXE can, and its script starts the same profile.
func (w *pxelinuxWriter) handOver() {
	switch w.program {
	case uboot:
		w.line("SAY Bootlace: U-Boot cannot start this entry; going on with the local disk")
		w.line("LOCALBOOT 1")
	case syslinuxEFI:
		w.line("SAY Bootlace: syslinux.efi cannot start this entry; going on with what the firmware tries next")
		w.line("LOCALBOOT 0") // a failure to the firmware (local_boot in its efi/main.c)
	default:
		w.line("PXE", w.path(w.sibling("undionly.kpxe")))
	}
}

// writable reports whether the names can be written here: there are no quotes, and a comma separates initrds. U-Boot
// takes one initrd.
func (w *pxelinuxWriter) writable(kernel ref, modules []module) bool {
	if w.program == uboot && len(modules) > 1 {
		return false
	}
	bad := func(r ref) bool {
		return strings.ContainsAny(w.path(r), " ,") || r.ext != "" && !w.program.http()
	}
	return !bad(kernel) && !slices.ContainsFunc(modules, func(m module) bool { return bad(m.file) })
}

// path writes the name of a file. Loaders put the directory they came from before a relative one; "::" in front keeps
// PXELINUX from it, where that directory is not the machine's own.
func (w *pxelinuxWriter) path(r ref) string {
	if r.ext != "" {
		return r.ext
	}
	here := w.visit.Name
	switch {
	case here.Dir == "" && here.Machine == r.name.Machine, w.program == uboot && w.visit.Name.Kind == boot.KindPXELinux:
		return r.name.Path()
	case w.program == uboot:
		return "/" + r.name.String()
	case here.Dir == "" && here.Machine.IsZero():
		return r.name.String()
	default:
		return "::" + r.name.String()
	}
}
