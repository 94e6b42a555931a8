// SPDX-License-Identifier: Apache-2.0

package media

import (
	"path"
	"slices"
	"strings"
)

const (
	mib = 1 << 20
	gib = 1 << 30
)

// mostOthers is how many other entries are kept.
const mostOthers = 12

// boots takes over the entries that a family can boot, with their arguments rewritten; the first is the one to start.
func (l *look) boots(m *Medium, wanted func(entry) bool, rewrite func(arguments) arguments) {
	for _, e := range l.entries {
		if memoryTest(e.kernel) || !wanted(e) {
			continue
		}
		b := Boot{Title: e.title, Kernel: e.kernel, Cmdline: rewrite(e.args)}
		for _, name := range e.initrds {
			b.Initrds = append(b.Initrds, Initrd{Path: name})
		}
		switch {
		case b.same(m.Boot) || slices.ContainsFunc(m.Others, b.same): // they differed in where the medium is
		case m.Boot.Kernel == "":
			m.Boot = b
		case len(m.Others) < mostOthers:
			m.Others = append(m.Others, b)
		}
	}
}

func (b Boot) same(o Boot) bool {
	return b.Kernel == o.Kernel && slices.Equal(b.Initrds, o.Initrds) && slices.Equal(b.Cmdline, o.Cmdline)
}

func memoryTest(kernel string) bool {
	base := strings.ToLower(path.Base(kernel))
	return strings.HasPrefix(base, "memtest") || strings.HasPrefix(base, "mt86")
}

// withInitrd is the usual wish: a kernel without one would look for the medium itself.
func withInitrd(e entry) bool { return len(e.initrds) > 0 }

// otherwise is a way to boot for media whose menus cannot be read, because they are inside of a file system image for the firmware.
func (l *look) otherwise(m *Medium, kernel, initrd string, args ...string) {
	if m.Boot.Kernel == "" && kernel != "" && initrd != "" {
		m.Boot = Boot{Title: m.System, Kernel: kernel, Initrds: []Initrd{{Path: initrd}}, Cmdline: args}
		m.Notes = append(m.Notes, "no menu of the medium starts its kernel: the arguments are the usual ones of its family")
	}
}

// memory is the least that boots: the kernel, its initrds twice (UEFI builds of iPXE copy them), what is downloaded, and what is left to
// work with.
func (l *look) memory(m *Medium, rest int64, downloaded ...string) {
	sum := l.bytes(m.Boot.Kernel) + rest + l.bytes(downloaded...)
	for _, i := range m.Boot.Initrds {
		sum += 2 * l.bytes(i.Path)
	}
	m.LeastMemory = (sum + mib - 1) / mib * mib
}

// fetched says which files the system asks for by itself.
func (m *Medium) fetched(names ...string) {
	for _, name := range names {
		m.Files = append(m.Files, File{Role: Other, Path: name})
	}
}

func below(name string, dirs []string) bool {
	for _, d := range dirs {
		if len(name) > len(d) && strings.EqualFold(name[:len(d)], d) && name[len(d)] == '/' {
			return true
		}
	}
	return false
}
