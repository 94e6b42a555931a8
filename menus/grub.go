// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"net/url"
	"slices"
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

// grubLocalBoot goes on with the disk. On UEFI, GRUB 2.06 ends with success whatever exit is told, and firmware takes
// that for the end of its search and shows its setup; so what the disk would have started is started from here, in the
// order from what an installed system calls its own to the place for removable media. Later versions of GRUB pass the 1
// on, and a BIOS goes on with its next device either way.
const grubLocalBoot = `function local_boot {
  echo "Bootlace: looking for what starts from the local disk"
  if [ "$grub_platform" = "efi" ]; then
    if [ "$grub_cpu" = "arm64" ]; then set efi_arch=aa64; elif [ "$grub_cpu" = "i386" ]; then set efi_arch=ia32; else set efi_arch=x64; fi
    for efi_dir in debian ubuntu fedora redhat centos rocky almalinux opensuse sles; do
      for efi_name in shim grub; do
        if search --no-floppy --file --set=root /EFI/$efi_dir/$efi_name$efi_arch.efi; then
          chainloader /EFI/$efi_dir/$efi_name$efi_arch.efi
          boot
        fi
      done
    done
    for efi_file in /EFI/Microsoft/Boot/bootmgfw.efi /EFI/BOOT/BOOT$efi_arch.EFI; do
      if search --no-floppy --file --set=root $efi_file; then
        chainloader $efi_file
        boot
      fi
    done
  fi
  exit 1
}
`

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

func isAlphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func (w *grubWriter) item(it *item) {
	w.block("menuentry", it, func() { w.body(it) })
}

func (w *grubWriter) body(it *item) {
	switch it.kind {
	case boot.EntryLocal:
		w.line("local_boot")
	case boot.EntryKernel:
		if !carries(it.args) {
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
		if !strings.HasSuffix(strings.ToLower(w.ref(it.target)), ".efi") {
			w.ipxe() // a script, or a program for a BIOS
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

// carries reports whether GRUB hands words over as they are. It puts a backslash before quotes and backslashes, which
// Linux does not take away (GRUB's lib/cmdline.c).
func carries(args []string) bool {
	return !slices.ContainsFunc(args, func(a string) bool { return strings.ContainsAny(a, `'\`) })
}

// ipxe hands over to iPXE, which can do what GRUB cannot.
func (w *grubWriter) ipxe() {
	loader := boot.DefaultLoader(w.visit.Client.Arch())
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

// unquoted takes the kernel's quotes off a word: GRUB puts quotes of its own around words with spaces.
func unquoted(w string) string { return strings.ReplaceAll(w, `"`, "") }

// grubWord makes one word of any text. Between single quotes GRUB takes everything as it is; a single quote itself
// stands outside, behind a backslash.
func grubWord(s string) string {
	if s != "" && strings.IndexFunc(s, func(r rune) bool { return !harmless(r) }) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

func harmless(r rune) bool {
	return r < 0x80 && isAlphanumeric(byte(r)) || strings.ContainsRune("/.,:=_-+@%", r)
}
