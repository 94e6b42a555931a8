// SPDX-License-Identifier: Apache-2.0

package media

import (
	"strings"
)

// Arch Linux and its relatives, SystemRescue among them: README.bootparams of mkinitcpio-archiso.

// archRoot is the file system of an archiso medium: BASE/ARCH/airootfs.sfs.
func (l *look) archRoot() (base, image string) {
	for _, dir := range l.dirs("") {
		for _, arch := range l.dirs(dir) {
			if image := l.first(dir+"/"+arch+"/airootfs.sfs", dir+"/"+arch+"/airootfs.erofs"); image != "" {
				return dir, image
			}
		}
	}
	return "", ""
}

func knowsArchiso(l *look) bool { base, _ := l.archRoot(); return base != "" }

func planArchiso(l *look, m *Medium) {
	base, image := l.archRoot()
	m.Version = title(strings.TrimSpace(l.text(base + "/version")))
	add := []string{"archisobasedir=" + base, "archiso_http_srv=" + URL, "ip=dhcp"}
	digest := strings.TrimSuffix(image, ".sfs")
	if digest == image {
		digest = strings.TrimSuffix(image, ".erofs")
	}
	fetched := []string{image, digest + ".sha512"}
	if l.has(image + ".cms.sig") {
		add = append(add, "cms_verify=y")
		fetched = append(fetched, image+".cms.sig")
	}
	rewrite := func(a arguments) arguments {
		return a.without("archisolabel", "archisodevice", "archisosearchuuid", "archisobasedir", "archiso_http_srv", "img_dev", "img_loop", "copytoram", "ip").with(add...)
	}
	l.boots(m, func(e entry) bool { return withInitrd(e) && below(e.kernel, []string{base}) }, rewrite)
	l.otherwise(m, l.first(base+"/boot/x86_64/vmlinuz*"), l.first(base+"/boot/x86_64/*.img"), add...)
	m.Notes = append(m.Notes, "with several network cards add net.ifnames=0 BOOTIF=01-MAC")
	m.fetched(fetched...)
	l.memory(m, gib, image)
	m.LeastMemory = max(m.LeastMemory, 2*gib)
}
