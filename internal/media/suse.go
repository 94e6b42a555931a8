// SPDX-License-Identifier: Apache-2.0

package media

import (
	"path"
)

// SUSE: the installer of Leap 15 and Tumbleweed (linuxrc), and Agama, which is a live system of dracut.

// suseLoader is the directory of the kernel and its initrd: boot/x86_64/loader, for arm64 boot/aarch64.
func (l *look) suseLoader() string {
	for _, arch := range l.dirs("boot") {
		for _, dir := range []string{"boot/" + arch + "/loader", "boot/" + arch} {
			if l.has(dir+"/linux", dir+"/initrd") {
				return dir
			}
		}
	}
	return ""
}

// suseRoot is linuxrc's installation system.
func (l *look) suseRoot() string {
	return l.first("boot/x86_64/root", "boot/aarch64/root", "boot/ppc64le/root")
}

func knowsSUSE(l *look) bool { return l.suseLoader() != "" && l.suseRoot() != "" }

func planSUSE(l *look, m *Medium) {
	add := []string{"install=" + URL, "netsetup=dhcp"}
	if l.has("repodata/repomd.xml") {
		m.Everything = true
	} else {
		add = []string{"instsys=" + URL + l.suseRoot(), "netsetup=dhcp"}
		l.tree(m, path.Dir(l.suseRoot()))
		m.Notes = append(m.Notes, "the medium has no packages: name a repository by install=URL")
	}
	rewrite := func(a arguments) arguments {
		return a.without("install", "instsys", "netsetup", "isofrom").with(add...)
	}
	l.boots(m, withInitrd, rewrite)
	l.otherwise(m, l.suseLoader()+"/linux", l.suseLoader()+"/initrd", append(add, "splash=silent")...)
	m.Notes = append(m.Notes, "for an installation without questions add autoyast=URL")
	l.memory(m, 2*gib, l.suseRoot())
}

// knowsAgama tells Agama's medium from other live systems by the repository beside it.
func knowsAgama(l *look) bool {
	return l.has(liveImage) && l.suseLoader() != "" && l.has("install/repodata/repomd.xml")
}

func planAgama(l *look, m *Medium) {
	rewrite := func(a arguments) arguments { return liveRoot(a, WholeISO) }
	l.boots(m, withInitrd, rewrite)
	l.otherwise(m, l.suseLoader()+"/linux", l.suseLoader()+"/initrd", rewrite(nil)...)
	m.Notes = append(m.Notes, "for an installation without questions add inst.auto=URL")
	m.fetched(WholeISO)
	l.memory(m, 2*gib, WholeISO)
}
