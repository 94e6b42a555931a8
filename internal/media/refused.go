// SPDX-License-Identifier: Apache-2.0

package media

import (
	"fmt"
	"path"
	"strings"
)

// Systems whose media do not boot from a network, and what does in their place.

func knowsAlpine(l *look) bool { return l.has(".alpine-release") }

func planAlpine(l *look, m *Medium) {
	release := strings.TrimSpace(l.text(".alpine-release"))
	m.System, m.Version = title("Alpine Linux "+release), version(release)
	arch, branch := "ARCH", "vX.Y"
	if names := l.dirs("apks"); len(names) > 0 {
		arch = names[0]
	}
	if parts := strings.Split(m.Version, "."); len(parts) >= 2 {
		branch = "v" + parts[0] + "." + parts[1]
	}
	m.Refusal = &Refusal{
		Reason: "the initramfs on Alpine's ISOs has no network",
		Instead: title(fmt.Sprintf("https://dl-cdn.alpinelinux.org/alpine/%s/releases/%s/alpine-netboot-%s-%s.tar.gz", branch, arch, m.Version, arch)) +
			"; boot it with: ip=dhcp modules=loop,squashfs alpine_repo=URL modloop=URL",
		Found: []string{".alpine-release"},
	}
}

func knowsNixOS(l *look) bool {
	return l.has("nix-store.squashfs") || l.has("nix-store.erofs")
}

func planNixOS(l *look, m *Medium) {
	if v := title(l.text("version.txt")); v != "" {
		m.System, m.Version = "NixOS "+v, version(v)
	}
	m.Refusal = &Refusal{
		Reason:  "NixOS' ISOs look for their own label: they cannot be booted from a network",
		Instead: "build config.system.build.netbootRamdisk and config.system.build.kernel from nixos/modules/installer/netboot/netboot-minimal.nix, or take them from github.com/nix-community/nixos-images",
		Found:   []string{l.first("nix-store.squashfs", "nix-store.erofs")},
	}
}

func knowsFreeBSD(l *look) bool {
	return l.has("boot/kernel/kernel") && l.has("boot/defaults/loader.conf")
}

func planFreeBSD(l *look, m *Medium) {
	m.Refusal = &Refusal{
		Reason:  "FreeBSD has no kernel with an initrd that a loader of Linux could start",
		Instead: "serve boot/loader.efi by UEFI HTTP Boot with the rest of the medium beside it, or take mfsBSD, which is one file",
		Found:   []string{"boot/kernel/kernel", "boot/defaults/loader.conf"},
	}
}

// openBSD is the kernel of OpenBSD's installer: 7.5/amd64/bsd.rd.
func (l *look) openBSD() string {
	for _, dir := range append([]string{"."}, l.dirs("")...) {
		for _, arch := range append([]string{"."}, l.dirs(dir)...) {
			if name := l.first(path.Join(dir, arch, "bsd.rd")); name != "" {
				return name
			}
		}
	}
	return ""
}

func knowsBSD(l *look) bool { return l.openBSD() != "" || l.has("netbsd") }

func planBSD(l *look, m *Medium) {
	m.Refusal = &Refusal{
		Reason:  "this system's kernel is not one that a loader of Linux could start",
		Instead: "serve its own boot program for networks (pxeboot, BOOTX64.EFI) with its kernel beside it, by TFTP",
		Found:   []string{l.openBSD() + l.first("netbsd")},
	}
}
