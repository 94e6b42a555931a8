// SPDX-License-Identifier: Apache-2.0

package media

import (
	"path"
	"strings"
)

// readSyslinux reads the entries of ISOLINUX and SYSLINUX; paths without "/" are from the directory of the menu.
func readSyslinux(text, dir string) (all []entry) {
	var e *entry
	for line := range strings.Lines(text) {
		key, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		rest = strings.TrimSpace(rest)
		if key = strings.ToLower(key); key == "label" {
			all = append(all, entry{title: rest})
			e = &all[len(all)-1]
			continue
		}
		if e != nil {
			e.syslinux(key, rest, dir)
		}
	}
	return all
}

func (e *entry) syslinux(key, rest, dir string) {
	switch key {
	case "menu":
		if kind, name, _ := strings.Cut(rest, " "); strings.EqualFold(kind, "label") {
			e.title = strings.ReplaceAll(name, "^", "") // before the letter that chooses it
		}
	case "kernel", "linux":
		if ext := path.Ext(rest); ext != ".c32" && ext != ".bin" && ext != ".0" { // modules of the loader
			e.kernel = from(dir, rest)
		}
	case "initrd":
		e.initrds = nil
		for name := range strings.SplitSeq(rest, ",") {
			e.initrds = append(e.initrds, from(dir, name))
		}
	case "append":
		for _, word := range words(rest, true) {
			if names, ok := strings.CutPrefix(word, "initrd="); ok {
				e.syslinux("initrd", names, dir)
			} else {
				e.args = append(e.args, word)
			}
		}
	}
}

func from(dir, name string) string {
	if strings.HasPrefix(name, "/") {
		return name
	}
	return path.Join(dir, name)
}
