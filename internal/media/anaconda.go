// SPDX-License-Identifier: Apache-2.0

package media

// Fedora, Red Hat Enterprise Linux and its relatives: the installer, anaconda-boot-options(7), and live systems, dracut.cmdline(7).

func knowsAnaconda(l *look) bool {
	return l.has(".treeinfo") && (l.has("images/install.img") || l.has("LiveOS/squashfs.img") && l.treeinfo("stage2", "mainimage") != "")
}

func planAnaconda(l *look, m *Medium) {
	if name := l.treeinfo("general", "name"); name != "" {
		m.System = title(name)
	}
	m.Version = title(l.treeinfo("general", "version"))
	source := "inst.stage2=" + URL
	if l.has("repodata/repomd.xml") || l.has("BaseOS/repodata/repomd.xml") {
		source = "inst.repo=" + URL
		m.Everything = true
	} else {
		m.Notes = append(m.Notes, "the medium has no packages: they come from the mirrors that the installer knows, or from inst.repo=URL")
		m.fetched(".treeinfo", "images/install.img", "images/updates.img", "images/product.img", "LiveOS/squashfs.img")
	}
	m.Notes = append(m.Notes, "for an installation without questions add inst.ks=URL; with several network cards BOOTIF=01-MAC")
	rewrite := func(a arguments) arguments {
		return a.without("inst.stage2", "inst.repo", "rd.live.check", "ip", "root").with(source, "ip=dhcp")
	}
	l.boots(m, func(e entry) bool { return withInitrd(e) && e.args.has("inst.stage2") && !e.args.has("rd.live.check") }, rewrite)
	l.boots(m, func(e entry) bool { return m.Boot.Kernel == "" && withInitrd(e) }, rewrite)
	l.otherwise(m, l.first("images/pxeboot/vmlinuz"), l.first("images/pxeboot/initrd.img"), source, "ip=dhcp", "quiet")
	l.memory(m, gib, "images/install.img", "LiveOS/squashfs.img")
	m.LeastMemory = max(m.LeastMemory, 3*gib)
}

const liveImage = "LiveOS/squashfs.img"

// liveRoot are the arguments that say where a live system of dracut is.
func liveRoot(a arguments, image string) arguments {
	return a.without("root", "rd.live.check", "iso-scan/filename", "rd.live.ram", "ip", "inst.stage2").with("root=live:"+URL+image, "rd.live.image", "ip=dhcp")
}

func knowsDracutLive(l *look) bool { return l.has(liveImage) }

func planDracutLive(l *look, m *Medium) {
	rewrite := func(a arguments) arguments { return liveRoot(a, liveImage) }
	l.boots(m, func(e entry) bool { return withInitrd(e) && !e.args.has("rd.live.check") }, rewrite)
	l.otherwise(m, l.first("images/pxeboot/vmlinuz", l.suseLoader()+"/linux", "boot/vmlinuz"),
		l.first("images/pxeboot/initrd.img", l.suseLoader()+"/initrd", "boot/initrd"), rewrite(nil)...)
	m.fetched(liveImage)
	l.memory(m, 2*gib, liveImage)
}

// Fedora CoreOS: its live system is a third file, which the initrd fetches.

const coreOSRoot = "images/pxeboot/rootfs.img"

func knowsCoreOS(l *look) bool { return l.has(coreOSRoot) }

func planCoreOS(l *look, m *Medium) {
	rewrite := func(a arguments) arguments {
		return a.without("coreos.liveiso", "coreos.live.rootfs_url", "ip").with("coreos.live.rootfs_url=" + URL + coreOSRoot)
	}
	l.boots(m, withInitrd, rewrite)
	l.otherwise(m, l.first("images/pxeboot/vmlinuz"), l.first("images/pxeboot/initrd.img"), rewrite(arguments{"ignition.firstboot", "ignition.platform.id=metal"})...)
	for i, b := range append([]Boot{m.Boot}, m.Others...) { // the Ignition configuration inside of the ISO is not for a network
		var initrds []Initrd
		for _, f := range b.Initrds {
			if f.Path != "images/ignition.img" {
				initrds = append(initrds, f)
			}
		}
		if i == 0 {
			m.Boot.Initrds = initrds
		} else {
			m.Others[i-1].Initrds = initrds
		}
	}
	m.Notes = append(m.Notes, "add ignition.config.url=URL, or coreos.inst.install_dev=DISK and coreos.inst.ignition_url=URL to install")
	m.fetched(coreOSRoot)
	l.memory(m, gib, coreOSRoot)
	m.LeastMemory = max(m.LeastMemory, 3*gib)
}
