// SPDX-License-Identifier: Apache-2.0

package media

import (
	"github.com/bootlace-net/bootlace/internal/iso"
	"github.com/bootlace-net/bootlace/internal/secureboot"
)

// family is a kind of media that boot in the same way.
type family struct {
	name  string
	knows func(*look) bool     // by what is on it
	plan  func(*look, *Medium) // fills in how it boots, or that it does not
}

// families are all that are known. The first that knows a medium has it: those with files that nobody else has stand before those
// that share theirs.
func families() []family {
	return []family{
		{"windows", knowsWindows, planWindows},
		{"esxi", knowsESXi, planESXi},
		{"proxmox", knowsProxmox, planProxmox},
		{"alpine", knowsAlpine, planAlpine},
		{"nixos", knowsNixOS, planNixOS},
		{"coreos", knowsCoreOS, planCoreOS},
		{"anaconda", knowsAnaconda, planAnaconda},
		{"agama", knowsAgama, planAgama},
		{"dracut-live", knowsDracutLive, planDracutLive},
		{"suse-installer", knowsSUSE, planSUSE},
		{"archiso", knowsArchiso, planArchiso},
		{"casper", knowsCasper, planCasper},
		{"debian-live", knowsDebianLive, planDebianLive},
		{"debian-installer", knowsDebianInstaller, planDebianInstaller},
		{"talos", knowsTalos, planTalos},
		{"memtest86+", knowsMemtest, planMemtest},
		{"flatcar", knowsFlatcar, planFlatcar},
		{"freebsd", knowsFreeBSD, planFreeBSD},
		{"openbsd or netbsd", knowsBSD, planBSD},
	}
}

// Recognise says what a medium of size bytes is.
func Recognise(image *iso.Image, size int64) *Medium {
	l := &look{image: image, size: size}
	l.readEntries()
	m := &Medium{System: l.system(), Arch: l.arch()}
	m.Version = version(m.System)
	for _, f := range families() {
		if f.knows(l) {
			m.Family = f.name
			f.plan(l, m)
			if k := l.program(m.Boot.Kernel); k != nil && k.Machine.CPU() != "" {
				m.Arch = k.Machine.CPU()
			}
			l.finish(m)
			return m
		}
	}
	l.unknown(m)
	return m
}

// finish adds what follows from how it boots: the files, the memory, the verdict.
func (l *look) finish(m *Medium) {
	if m.Refusal == nil && m.Boot.Kernel == "" {
		m.Refusal = &Refusal{Reason: "no kernel with an initrd was found where this family has them", Found: l.found(), Missing: []string{"an entry of a menu whose kernel and initrds are on the medium"}}
	}
	if m.Refusal != nil {
		m.Boot, m.Others, m.Files, m.Rewritten, m.LeastMemory = Boot{}, nil, nil, nil, 0
		return
	}
	shim := ""
	switch {
	case m.SecureBoot.Answer != "":
	case m.Boot.Program:
		m.SecureBoot = secureboot.OfProgram(secureboot.Link{Name: title(m.Boot.Kernel), Program: l.program(m.Boot.Kernel)})
	default:
		m.SecureBoot, shim = l.verdict(m.Boot.Kernel)
	}
	l.collect(m, shim)
}

// collect makes the list of files: what is started first, then what that fetches, then the shim.
func (l *look) collect(m *Medium, shim string) {
	role := Kernel
	if m.Boot.Program {
		role = Program
	}
	fetched := m.Files
	m.Files = nil
	l.add(m, role, m.Boot.Kernel)
	for _, i := range m.Boot.Initrds {
		l.add(m, Ramdisk, i.Path)
	}
	for _, o := range m.Others {
		l.add(m, Other, o.Kernel)
		for _, i := range o.Initrds {
			l.add(m, Other, i.Path)
		}
	}
	for _, f := range fetched {
		l.add(m, f.Role, f.Path)
	}
	l.add(m, Shim, shim)
}

// add lists a file, once.
func (l *look) add(m *Medium, role Role, name string) {
	for _, f := range m.Files {
		if f.Path == name {
			return
		}
	}
	if name == WholeISO {
		m.Files = append(m.Files, File{ISO, WholeISO, l.size, []iso.Extent{{Offset: 0, Length: l.size}}})
	} else if e := l.file(name); e != nil {
		m.Files = append(m.Files, File{role, name, e.Size, e.Extents})
	}
}

// tree lists all files below directories: a repository, the modules of a hypervisor.
func (l *look) tree(m *Medium, dirs ...string) {
	_ = l.image.Walk(func(name string, e *iso.Entry) error { // visits all
		if e.Mode.IsRegular() && below(name, dirs) {
			m.Files = append(m.Files, File{Role: Other, Path: name})
		}
		return nil
	})
}
