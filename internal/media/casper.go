// SPDX-License-Identifier: Apache-2.0

package media

import (
	"strings"
)

// Ubuntu and its relatives: casper(7). The medium is fetched as a whole, into memory.

// casperDir is the directory of the live system: "casper", or one that begins so (Pop!_OS).
func (l *look) casperDir() string {
	for _, dir := range l.dirs("") {
		if strings.HasPrefix(dir, "casper") && l.first(dir+"/vmlinuz*") != "" && l.first(dir+"/*.squashfs") != "" {
			return dir
		}
	}
	return ""
}

func knowsCasper(l *look) bool { return l.casperDir() != "" }

func planCasper(l *look, m *Medium) {
	dir := l.casperDir()
	server := l.has(dir+"/install-sources.yaml") && strings.Contains(m.System, "Server") || l.first(dir+"/ubuntu-server-minimal*.squashfs") != ""
	add, rest := []string{"boot=casper", "netboot=url", "url=" + URL + WholeISO, "ip=dhcp"}, int64(3*gib)
	if server {
		// Without an empty cloud-config-url cloud-init takes the url for its own, and fetches the medium again.
		add, rest = []string{"ip=dhcp", "url=" + URL + WholeISO, "root=/dev/ram0", "ramdisk_size=1500000", "cloud-config-url=/dev/null"}, 2*gib
		m.Notes = append(m.Notes, `for an installation without questions add: autoinstall "ds=nocloud-net;s=URL/"`)
	}
	rewrite := func(a arguments) arguments {
		return a.without("iso-scan/filename", "findiso", "fromiso", "live-media", "url", "netboot", "ip", "root", "boot", "ds").with(add...)
	}
	l.boots(m, func(e entry) bool { return withInitrd(e) && below(e.kernel, []string{dir}) }, rewrite)
	l.otherwise(m, l.first(dir+"/vmlinuz*"), l.first(dir+"/initrd*"), add...)
	m.fetched(WholeISO)
	l.memory(m, rest, WholeISO)
}
