// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"strconv"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
)

// item writes what starts an item. Every way out of it is a jump.
func (w *ipxeWriter) item(it *item, again string) {
	if it.password != "" {
		w.locked(it, again)
		return
	}
	if w.memory(it, again) {
		w.start(it, again)
	}
}

func (w *ipxeWriter) start(it *item, again string) {
	switch it.kind {
	case boot.EntryLocal:
		w.line("goto local")
	case boot.EntryShell:
		w.line("shell")
		w.line("goto", again)
	case boot.EntryChain:
		w.chain(it)
	case boot.EntryScript:
		w.fetch("chain --replace --autofree ${url}", w.url(w.rendered(entryDir+"/"+it.id+".ipxe")))
	case boot.EntryISO:
		w.fetch("sanboot --no-describe ${url}", w.ref(it.target))
		w.line("goto local")
	default:
		w.program(it)
	}
}

// rendered gives the name of something that Open renders for this machine.
func (w *ipxeWriter) rendered(path string) boot.Name {
	n, _ := boot.ParseName(path) // a constant and the number of an entry: always a name
	return n.For(w.visit.Client.MAC)
}

// fetch says what is loaded before it is, so that :failed can tell.
func (w *ipxeWriter) fetch(command, url string) {
	w.line("set url", url)
	w.line(command, "|| goto failed")
}

// chain starts another program, which gets nothing of what is known but where it came from: PXELINUX takes that as the
// place of its configuration and its modules (RFC 5071, option 210).
func (w *ipxeWriter) chain(it *item) {
	url := w.ref(it.target)
	if dir, base := cutBase(url); strings.HasPrefix(base, "pxelinux") || strings.HasPrefix(base, "lpxelinux") {
		w.line("set 210:string", w.tftp(dir, it.target))
	}
	if len(it.args) > 0 && strings.HasSuffix(strings.ToLower(url), ".efi") {
		w.line("iseq ${platform} efi && goto", it.id+"efi ||")
		w.line("echo", ipxeText("Bootlace: "+titleOf(it)+": a program for UEFI, and this machine started by its BIOS; going on with the local disk."))
		w.line("prompt --timeout", strconv.Itoa(retryDelay), "Press a key to go on now ||")
		w.line("goto local")
		w.line(":" + it.id + "efi")
	}
	w.fetch(strings.Join(append([]string{"chain --autofree ${url}"}, it.args...), " "), url)
	w.line("goto local")
}

// tftp is the directory of a program that speaks only TFTP.
func (w *ipxeWriter) tftp(dir string, r ref) string {
	if r.ext != "" {
		return dir
	}
	d, _ := cutBase(w.visit.Server.TFTP().URL(escapePath(r.name.String())))
	return d
}

func cutBase(url string) (dir, base string) {
	i := strings.LastIndexByte(url, '/')
	return url[:i+1], url[i+1:]
}

// program loads a program with what goes along with it, and starts it. What an attempt before left behind is freed.
func (w *ipxeWriter) program(it *item) {
	w.line("imgfree")
	kernel := append([]string{"kernel", "${url}"}, w.kernelArgs(it)...)
	w.fetch(strings.Join(kernel, " "), w.ref(w.kernelOf(it)))
	for i, m := range w.modulesOf(it) {
		w.fetch(w.moduleCommand(it, m, i), w.ref(m.file))
	}
	w.line("boot || goto failed")
}

// kernelArgs are the words behind the kernel. The EFI stub of Linux finds its initrds by name only; to BIOS kernels the
// words mean nothing.
func (w *ipxeWriter) kernelArgs(it *item) []string {
	var args []string
	if it.kind == boot.EntryKernel {
		for i := range it.modules {
			args = append(args, "initrd="+initrdName(i))
		}
	}
	return append(args, it.args...)
}

func initrdName(i int) string { return "initrd" + strconv.Itoa(i) }

func (w *ipxeWriter) moduleCommand(it *item, m module, i int) string {
	switch {
	case it.kind == boot.EntryKernel:
		return "initrd --name " + initrdName(i) + " ${url}"
	case it.kind == boot.EntryModules:
		return strings.Join(append([]string{"module", "${url}"}, m.args...), " ")
	case m.name != "":
		return "initrd --name " + m.name + " ${url} " + m.name
	default:
		return "initrd ${url}"
	}
}

// locked asks for the password of an item and gets what it starts from the server, which alone knows the hash. The
// password travels in hexadecimal so that every character of it can stand in a URL.
func (w *ipxeWriter) locked(it *item, again string) {
	w.line("echo", ipxeText(titleOf(it))+": a password is needed; the user name is not looked at.")
	w.line("clear password ||")
	w.line("login || goto", again)
	w.line("isset ${password} || goto", again)
	w.line("set url", w.url(w.rendered(unlockDir+"/"+it.id))+"/${password:hexraw}")
	w.line("clear password ||")
	w.line("chain --replace --autofree ${url} ||")
	w.line("echo Bootlace: that is not the password.")
	w.line("sleep 3")
	w.line("goto", again)
}
