// SPDX-License-Identifier: Apache-2.0

package media

import (
	"strings"
)

// VMware ESXi: its boot program reads boot.cfg, which names a kernel and modules (esx-boot, mboot/config.c). Names with "/" before them
// would be looked for at the server's root; those without are looked for below prefix.

func knowsESXi(l *look) bool {
	text := l.text("boot.cfg")
	return strings.Contains(text, "modules=") && strings.Contains(text, "kernel=")
}

func planESXi(l *look, m *Medium) {
	m.FoldCase = true
	c := bootConfig{prefix: "prefix=" + URL}
	for line := range strings.Lines(l.text("boot.cfg")) {
		c.take(m, strings.TrimSpace(line))
	}
	m.Rewritten = []Rewritten{{"boot.cfg", c.prefix + "\n" + strings.Join(c.lines, "\n") + "\n"}}
	program := l.first("efi/boot/boot*.efi")
	m.Boot = Boot{Title: m.System, Kernel: program, Program: true, Cmdline: []string{"-c", URL + "boot.cfg"}}
	if program == "" {
		m.Refusal = &Refusal{Reason: "there is no boot program for UEFI on this medium, and that for BIOS needs SYSLINUX",
			Found: []string{"boot.cfg"}, Missing: []string{"efi/boot/bootx64.efi"}}
	}
	for _, name := range c.files {
		if !l.has(name) {
			m.Refusal = &Refusal{Reason: "boot.cfg names a file that is not on the medium", Found: []string{"boot.cfg"}, Missing: []string{title(name)}}
		}
	}
	m.fetched(append(c.files, l.first("efi/boot/crypto64.efi"))...) // the boot program loads the latter from beside itself
	m.Notes = append(m.Notes, "for an installation without questions add ks=URL to kernelopt in boot.cfg")
	m.LeastMemory = 8 * gib
}

// bootConfig is a boot.cfg that is being rewritten.
type bootConfig struct {
	prefix string
	lines  []string
	files  []string // that it names
}

func (c *bootConfig) take(m *Medium, line string) {
	key, value, ok := strings.Cut(line, "=")
	switch {
	case !ok || key == "prefix":
		return
	case key == "title":
		m.System = title(strings.TrimPrefix(value, "Loading "))
	case key == "build":
		m.Version = title(value)
	case key == "kernel" || key == "modules" || key == "crypto" || key == "acpitables":
		value = c.relative(value)
	case key == "kernelopt": // cdromBoot has the installer look for itself in a drive
		value = strings.Join(arguments(words(value, true)).without("cdromBoot", "ks").harmless(), " ")
	}
	if !strings.ContainsAny(line, "{}") { // they are for URL
		c.lines = append(c.lines, key+"="+value)
	}
}

// relative takes the "/" off each file of a list "FILE OPTIONS --- FILE", and collects them.
func (c *bootConfig) relative(list string) string {
	items := strings.Split(list, "---")
	for i, item := range items {
		fields := strings.Fields(item)
		if len(fields) > 0 {
			fields[0] = strings.TrimLeft(fields[0], "/")
			c.files = append(c.files, fields[0])
		}
		items[i] = strings.Join(fields, " ")
	}
	return strings.Join(items, " --- ")
}
