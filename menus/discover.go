// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"path"
	"slices"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
)

// maxDiscovered bounds the default menu: it is for people, and some loaders have little memory.
const maxDiscovered = 40

// startable is something among the images that looks as if it could be started.
type startable struct {
	title  string
	kind   boot.EntryKind
	cpu    string // "": not told by its name
	kernel string
	initrd string
	target string
}

// discover finds what can be booted in a list of file names: a kernel with an initrd beside it, and ISO images. Names are
// all it goes by, so it is a convenience for a first try; what should be relied on belongs in a profile.
func discover(names []string) []startable {
	var out []startable
	byDir := make(map[string][]string)
	for _, n := range names {
		byDir[path.Dir(n)] = append(byDir[path.Dir(n)], path.Base(n))
	}
	for _, n := range names {
		dir, base := path.Dir(n), path.Base(n)
		switch {
		case len(out) == maxDiscovered:
			return out
		case strings.HasSuffix(strings.ToLower(base), ".iso"):
			out = append(out, startable{title: n, kind: boot.EntryISO, cpu: cpuOf(n), target: n})
		case isKernel(base):
			if initrd := initrdFor(base, byDir[dir]); initrd != "" {
				out = append(out, startable{title: n, kind: boot.EntryKernel, cpu: cpuOf(n), kernel: n, initrd: path.Join(dir, initrd)})
			}
		}
	}
	return out
}

// isKernel knows the names that distributions use.
func isKernel(base string) bool {
	b := strings.ToLower(base)
	return b == "linux" || b == "kernel" || b == "bzimage" || b == "image" || strings.HasPrefix(b, "vmlinuz") ||
		strings.HasPrefix(b, "vmlinux") || strings.HasPrefix(b, "linux-")
}

// initrdFor picks the initrd of a kernel: the one with the same suffix (vmlinuz-lts, initramfs-lts), else the first.
func initrdFor(kernel string, files []string) string {
	var all []string
	for _, f := range files {
		b := strings.ToLower(f)
		if strings.HasPrefix(b, "initrd") || strings.HasPrefix(b, "initramfs") || strings.HasPrefix(b, "rootfs") {
			all = append(all, f)
		}
	}
	if len(all) == 0 {
		return ""
	}
	if _, suffix, ok := strings.Cut(kernel, "-"); ok {
		if i := slices.IndexFunc(all, func(f string) bool { return strings.Contains(f, suffix) }); i >= 0 {
			return all[i]
		}
	}
	return all[0]
}

// cpuOf reads the instruction set out of a path, as boot names it; "" if it does not say.
func cpuOf(name string) string {
	for _, word := range strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return strings.ContainsRune("/-.", r) }) {
		switch word {
		case "amd64", "x86_64", "x64":
			return "x86_64"
		case "arm64", "aarch64":
			return "arm64"
		case "i386", "i686":
			return "i386"
		case "armhf", "armv7", "armel":
			return "arm"
		case "riscv64":
			return "riscv64"
		case "loongarch64", "loong64":
			return "loongarch64"
		}
	}
	return ""
}
