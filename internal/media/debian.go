// SPDX-License-Identifier: Apache-2.0

package media

import (
	"fmt"
	"path"
	"strings"
)

// Debian's live systems and their relatives (Kali, GParted, Clonezilla): live-boot(7).

// squashfs is the file system of a live-boot medium; its directory is "live" unless live-media-path says another.
func (l *look) squashfs() string {
	for _, dir := range append([]string{"live"}, l.dirs("")...) {
		if dir != "casper" && l.first(dir+"/vmlinuz*") != "" {
			if name := l.first(dir+"/filesystem.squashfs", dir+"/*.squashfs"); name != "" {
				return name
			}
		}
	}
	return ""
}

func knowsDebianLive(l *look) bool { return l.squashfs() != "" }

func planDebianLive(l *look, m *Medium) {
	image := l.squashfs()
	dir := path.Dir(image)
	fetch := "fetch=" + URL + image
	rewrite := func(a arguments) arguments {
		return a.without("findiso", "fromiso", "fetch", "live-media", "live-media-path", "toram", "ip").with("boot=live", fetch)
	}
	l.boots(m, func(e entry) bool { return withInitrd(e) && below(e.kernel, []string{dir}) }, rewrite)
	l.otherwise(m, l.first(dir+"/vmlinuz*"), l.first(dir+"/initrd*"), "boot=live", "components", fetch)
	m.Notes = append(m.Notes, "live-boot asks for the address by number: it has no resolver yet")
	m.fetched(image)
	l.memory(m, gib, image)
}

// Debian's installer on a medium looks for a CD-ROM drive: its initrd has no way to fetch the rest from a network.

func (l *look) installDir() string {
	for _, dir := range l.dirs("") {
		if strings.HasPrefix(dir, "install") && (l.has(dir+"/vmlinuz", dir+"/initrd.gz") || l.has(dir+"/linux", dir+"/initrd.gz")) {
			return dir
		}
	}
	return ""
}

func knowsDebianInstaller(l *look) bool { return l.installDir() != "" && l.hasDir("dists") }

func planDebianInstaller(l *look, m *Medium) {
	suite, arch := "SUITE", map[string]string{"x86_64": "amd64", "": "ARCH"}[m.Arch]
	for _, name := range l.dirs("dists") {
		if l.has("dists/" + name + "/Release") {
			suite = name
			break
		}
	}
	if arch == "" {
		arch = m.Arch
	}
	mirror := "https://deb.debian.org/debian"
	switch origin := l.text("dists/" + suite + "/Release"); {
	case strings.Contains(origin, "Origin: Kali"):
		mirror = "https://http.kali.org/kali"
	case strings.Contains(origin, "Origin: Ubuntu"):
		mirror = "http://archive.ubuntu.com/ubuntu"
	}
	m.Refusal = &Refusal{
		Reason: "the installer on this medium looks for a CD-ROM drive, and has no way to fetch the rest from a network",
		Instead: fmt.Sprintf("%s/dists/%s/main/installer-%s/current/images/netboot/debian-installer/%s/ has linux and initrd.gz that have; "+
			"boot them with: auto=true priority=critical url=URL", mirror, suite, arch, arch),
		Found: []string{l.installDir() + "/initrd.gz", "dists/" + suite},
	}
}
