// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"net/url"
	"slices"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
)

func (w *grubWriter) item(it *item) {
	w.block("menuentry", it, func() { w.body(it) })
}

func (w *grubWriter) body(it *item) {
	if !w.memory(it) {
		return
	}
	switch it.kind {
	case boot.EntryLocal:
		w.line("local_boot")
	case boot.EntryKernel:
		if !keepsWords(it.args) {
			w.ipxe()
			return
		}
		w.load("linux", it.kernel, it.args)
		w.initrd("initrd", it.modules)
	case boot.EntryModules:
		w.load("multiboot2", it.kernel, it.args)
		for _, m := range it.modules {
			w.load("module2", m.file, m.args)
		}
	case boot.EntryChain:
		if !strings.HasSuffix(strings.ToLower(w.ref(it.target)), ".efi") || len(it.args) > 0 {
			w.ipxe() // a script, or a program for a BIOS; or one that is told where its files are, which it fetches by iPXE's protocols
			return
		}
		w.load("chainloader", it.target, nil)
	case boot.EntryISO:
		w.iso(it)
	case boot.EntryMemdisk:
		w.load("linux16", w.kernelOf(it), it.args)
		w.initrd("initrd16", w.modulesOf(it))
	default:
		w.ipxe()
	}
}

func (w *grubWriter) load(command string, r ref, args []string) {
	parts := []string{command, w.path(r)}
	for _, a := range args {
		parts = append(parts, grubWord(unquoted(a)))
	}
	w.line(parts...)
}

func (w *grubWriter) initrd(command string, modules []module) {
	if len(modules) == 0 {
		return
	}
	parts := []string{command}
	for _, m := range modules {
		parts = append(parts, w.path(m.file))
	}
	w.line(parts...)
}

// iso uses what distributions put on their images for this purpose: /boot/grub/loopback.cfg, which finds the image again
// by iso_path.
func (w *grubWriter) iso(it *item) {
	path := w.path(it.target)
	w.line("set iso_path=" + path)
	w.line("export iso_path")
	w.line("loopback loop", path)
	w.line("set root=loop")
	w.line("configfile /boot/grub/loopback.cfg")
}

// keepsWords reports whether GRUB hands words over as they are. It puts a backslash before quotes and backslashes, which
// Linux does not take away (GRUB's lib/cmdline.c).
func keepsWords(args []string) bool {
	return !slices.ContainsFunc(args, func(a string) bool { return strings.ContainsAny(a, `'\`) })
}

// ipxe hands over to iPXE, which can do what GRUB cannot.
func (w *grubWriter) ipxe() {
	loader := boot.HandedOver(w.visit.Client.Arch())
	if w.visit.Client.Firmware() != boot.FirmwareUEFI || loader == "" {
		w.line("echo", grubWord("Bootlace: GRUB cannot start this entry, and there is no iPXE for this machine."))
		w.line("sleep 10")
		return
	}
	n, _ := boot.ParseName(loader) // a constant of the boot package
	w.load("chainloader", ref{name: n.For(w.visit.Client.MAC)}, nil)
}

// path names a file: one of ours from the top of the tree, another server's by its device.
func (w *grubWriter) path(r ref) string {
	if r.ext == "" {
		return grubWord("/" + r.name.String())
	}
	u, err := url.Parse(r.ext)
	if err != nil || u.Scheme != "http" && u.Scheme != "tftp" {
		return grubWord(r.ext) // GRUB will complain about it, and about nothing else
	}
	host := u.Hostname()
	if p := u.Port(); p != "" && p != "80" {
		host += ":" + p
	}
	return grubWord("(" + u.Scheme + "," + host + ")" + u.RequestURI())
}
