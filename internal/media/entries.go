// SPDX-License-Identifier: Apache-2.0

package media

import (
	"path"
	"slices"
	"strings"

	"github.com/bootlace-net/bootlace/internal/iso"
)

// entry is one entry of a loader's menu, as the medium has it.
type entry struct {
	title   string
	kernel  string // paths from the medium's root, without "/" before them
	initrds []string
	args    arguments
}

// Bounds of reading menus.
const (
	mostMenus   = 64
	mostEntries = 128
	mostInitrds = 16
)

// readEntries reads the menus of all loaders on the medium, GRUB's and systemd-boot's before those of BIOS, and keeps what is there.
func (l *look) readEntries() {
	var menus [3][]string
	count := 0
	_ = l.image.Walk(func(name string, e *iso.Entry) error { // visits all
		if rank := menuRank(strings.ToLower(name)); rank >= 0 && e.Mode.IsRegular() && e.Size <= mostConfig && count < mostMenus {
			menus[rank] = append(menus[rank], name)
			count++
		}
		return nil
	})
	vars := map[string]string{}
	for rank, names := range menus {
		for _, name := range names {
			l.menu(rank, name, vars)
		}
	}
}

// Ranks of menus.
const (
	rankGRUB = iota
	rankSystemd
	rankSyslinux
)

// menuRank knows menus by where they lie; -1 means that it is none. Their texts tell whether they hold entries.
func menuRank(name string) int {
	dir, base := path.Dir(name), path.Base(name)
	switch {
	case strings.HasSuffix(dir, "loader/entries") && path.Ext(base) == ".conf":
		return rankSystemd
	case path.Ext(base) != ".cfg" && path.Ext(base) != ".conf":
		return -1
	case strings.Contains(dir, "isolinux") || strings.Contains(dir, "syslinux") || strings.Contains(base, "isolinux") || strings.Contains(base, "syslinux"):
		return rankSyslinux
	case strings.Contains(dir, "grub") || strings.Contains(dir, "efi/") || strings.Contains(base, "grub") || base == "loopback.cfg":
		return rankGRUB
	}
	return -1
}

func (l *look) menu(rank int, name string, vars map[string]string) {
	text := l.text(name)
	var found []entry
	switch rank {
	case rankGRUB:
		found = readGRUB(text, vars)
	case rankSystemd:
		found = readSystemd(text)
	default:
		found = readSyslinux(text, path.Dir(name))
	}
	for _, e := range found {
		l.keep(e)
	}
}

// keep adds an entry whose files are there, if none has started the same before.
func (l *look) keep(e entry) {
	if l.tried++; l.tried > 2*mostEntries || len(e.initrds) > mostInitrds {
		return
	}
	e.kernel = l.clean(e.kernel)
	for i, name := range e.initrds {
		e.initrds[i] = l.clean(name)
	}
	if len(l.entries) >= mostEntries || e.kernel == "" || slices.Contains(e.initrds, "") {
		return
	}
	e.title, e.args = title(e.title), e.args.harmless()
	for _, o := range l.entries {
		if o.kernel == e.kernel && slices.Equal(o.initrds, e.initrds) && slices.Equal(o.args, e.args) {
			return
		}
	}
	l.entries = append(l.entries, e)
}

// clean makes a path on the medium of what a loader calls a file: "($root)/casper/vmlinuz"; "" if there is none.
func (l *look) clean(name string) string {
	if i := strings.IndexByte(name, ')'); strings.HasPrefix(name, "(") && i > 0 {
		name = name[i+1:]
	}
	name = strings.TrimPrefix(path.Clean("/"+name), "/")
	if name == "" || !l.has(name) {
		return ""
	}
	return l.actual(name)
}

// readSystemd reads one entry of the Boot Loader Specification.
func readSystemd(text string) []entry {
	e := entry{}
	for line := range strings.Lines(text) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		value = strings.TrimSpace(value)
		switch strings.ToLower(key) {
		case "title":
			e.title = value
		case "linux":
			e.kernel = value
		case "initrd":
			e.initrds = append(e.initrds, value)
		case "options":
			e.args = append(e.args, words(value, true)...)
		}
	}
	return []entry{e}
}
