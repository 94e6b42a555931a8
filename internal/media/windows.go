// SPDX-License-Identifier: Apache-2.0

package media

import "github.com/bootlace-net/bootlace/internal/secureboot"

// Windows, its installer and Windows PE: wimboot starts the boot loader that is inside of boot.wim, and gives it its files from memory.

func knowsWindows(l *look) bool {
	return l.has("sources/boot.wim") && (l.has("bootmgr") || l.has("bootmgr.efi") || l.first("efi/boot/boot*.efi") != "")
}

func planWindows(l *look, m *Medium) {
	m.FoldCase = true
	m.Boot = Boot{Title: m.System, Kernel: "wimboot", Program: true}
	// The names are those that the boot loader looks for.
	for _, f := range [...]struct{ path, as string }{
		{"bootmgr", "bootmgr"}, {"bootmgr.efi", "bootmgr.efi"}, {"boot/bcd", "bcd"}, {"boot/boot.sdi", "boot.sdi"}, {"sources/boot.wim", "boot.wim"},
	} {
		if l.has(f.path) {
			m.Boot.Initrds = append(m.Boot.Initrds, Initrd{Path: f.path, As: f.as})
		}
	}
	about := l.wim("sources/boot.wim")
	m.Version = about.version
	if about.name != "" {
		m.System, m.Boot.Title = about.name, about.name
	}
	if about.arch != "" {
		m.Arch = about.arch
	}
	m.SecureBoot = secureboot.Verdict{Answer: secureboot.Unknown, Code: secureboot.FirmwareUnknown, Why: "wimboot is signed by Microsoft; whether the boot loader in boot.wim is accepted depends on which of Microsoft's certificates the firmware has"}
	m.Notes = append(m.Notes, "wimboot is not on the medium: put it beside the image",
		"the installer asks for sources/install.wim over SMB once Windows PE runs; versions from 24H2 on want SMB signing")
	l.memory(m, gib)
}
