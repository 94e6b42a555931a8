// SPDX-License-Identifier: Apache-2.0

package media

import (
	"strings"
)

// Proxmox VE, Backup Server and Mail Gateway: the initrd finds the medium as a file in itself.

func knowsProxmox(l *look) bool {
	return l.has("boot/linux26", "boot/initrd.img") && (l.first(".cd-info") != "" || l.first("pve-*.squashfs", "pbs-*.squashfs", "pmg-*.squashfs", ".pve-cd-id.txt") != "")
}

func planProxmox(l *look, m *Medium) {
	for line := range strings.Lines(l.text(".cd-info")) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		switch value = title(strings.Trim(value, `'"`)); key {
		case "PRODUCTLONG":
			m.System = value
		case "RELEASE":
			m.Version = value
		}
	}
	rewrite := func(a arguments) arguments { return a.with("ramdisk_size=16777216") }
	l.boots(m, func(e entry) bool { return withInitrd(e) && e.kernel == "boot/linux26" }, rewrite)
	l.otherwise(m, "boot/linux26", "boot/initrd.img", "ro", "ramdisk_size=16777216", "rw", "quiet", "splash=silent")
	m.Boot.Initrds = append(m.Boot.Initrds, Initrd{Path: WholeISO, As: "/proxmox.iso"})
	for i := range m.Others {
		m.Others[i].Initrds = append(m.Others[i].Initrds, Initrd{Path: WholeISO, As: "/proxmox.iso"})
	}
	m.Notes = append(m.Notes, "for an installation without questions prepare the image with proxmox-auto-install-assistant and add proxmox-start-auto-installer")
	l.memory(m, gib)
}
