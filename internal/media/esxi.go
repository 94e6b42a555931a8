// SPDX-License-Identifier: Apache-2.0

package media

import (
	"strings"
)

// VMware ESXi: its boot program reads boot.cfg, which names a kernel and modules. Served over HTTP these have to be named from a prefix.

func knowsESXi(l *look) bool {
	text := l.text("boot.cfg")
	return strings.Contains(text, "modules=") && strings.Contains(text, "kernel=")
}

func planESXi(l *look, m *Medium) {
	m.FoldCase = true
	var lines, names []string
	options := "runweasel"
	for line := range strings.Lines(l.text("boot.cfg")) {
		key, value, ok := strings.Cut(strings.TrimSpace(line), "=")
		switch {
		case !ok || key == "prefix":
			continue
		case key == "title":
			m.System = title(strings.TrimSpace(strings.TrimPrefix(value, "Loading ")))
		case key == "build":
			m.Version = title(value)
		case key == "kernel" || key == "modules":
			value = relative(value, &names)
		case key == "kernelopt":
			value = strings.Join(arguments(words(value, true)).without("cdromBoot", "ks"), " ")
			options = value
		}
		lines = append(lines, key+"="+value)
	}
	m.Rewritten = []Rewritten{{"boot.cfg", "prefix=" + URL + "\n" + strings.Join(lines, "\n") + "\n"}}
	program := l.first("efi/boot/boot*.efi")
	m.Boot = Boot{Title: m.System, Kernel: program, Program: true, Cmdline: []string{"-c", URL + "boot.cfg"}}
	if program == "" {
		m.Refusal = &Refusal{Reason: "there is no boot program for UEFI on this medium, and that for BIOS needs SYSLINUX", Found: []string{"boot.cfg"}, Missing: []string{"efi/boot/bootx64.efi"}}
	}
	for _, name := range names {
		if !l.has(name) {
			m.Refusal = &Refusal{Reason: "boot.cfg names a module that is not on the medium", Found: []string{"boot.cfg"}, Missing: []string{name}}
		}
	}
	m.fetched(names...)
	m.SecureBoot = Verdict{"no", "its boot program is not signed"}
	if p := l.program(program); p != nil && p.Signed() == "signed" {
		m.SecureBoot = Verdict{"yes", "its boot program is signed for firmware, and verifies the rest itself"}
	}
	m.Notes = append(m.Notes, "kernelopt is "+options+"; for an installation without questions add ks=URL to it")
	m.LeastMemory = 8 * gib
}

// relative takes the "/" off each name of a list, and collects them. What would be a template or a place of its own is no name.
func relative(value string, names *[]string) string {
	list := arguments(strings.Fields(value)).harmless()
	for i, name := range list {
		list[i] = strings.TrimLeft(name, "/")
		if list[i] != "---" {
			*names = append(*names, list[i])
		}
	}
	return strings.Join(list, " ")
}
