// SPDX-License-Identifier: Apache-2.0

package media

import (
	"regexp"
	"strings"
)

var (
	grubVariable = regexp.MustCompile(`\$\{?([A-Za-z_][A-Za-z0-9_]*)\}?`)
	grubSet      = regexp.MustCompile(`^set\s+([A-Za-z_][A-Za-z0-9_]*)=(.*)$`)
)

// mostOfAValue is the length of a variable's value, in bytes.
const mostOfAValue = 512

// readGRUB reads the entries of a grub.cfg. Variables that are set to a text are known, in later files too; all others are empty, as
// they are when nothing set them. Conditions are not followed: each branch counts.
func readGRUB(text string, vars map[string]string) (all []entry) {
	var e *entry
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); len(line) > mostOfALine {
			continue
		}
		if set := grubSet.FindStringSubmatch(line); set != nil && len(vars) < mostEntries {
			value := strings.Join(words(set[2], false), " ")
			vars[set[1]] = value[:min(len(value), mostOfAValue)]
			continue
		}
		fields := words(line, false)
		if len(fields) < 2 {
			continue
		}
		switch command := fields[0]; {
		case command == "menuentry":
			all = append(all, entry{title: grubText(fields[1], vars)})
			e = &all[len(all)-1]
		case e != nil:
			e.grub(command, strings.TrimSpace(strings.TrimPrefix(line, command)), vars)
		}
	}
	return all
}

// grub takes a command of an entry. "linux" has had several names: linuxefi, linux16; "$linux" and "$initrd" stand for one of them.
func (e *entry) grub(command, rest string, vars map[string]string) {
	switch command = strings.TrimLeft(command, "$"); {
	case strings.HasPrefix(command, "linux"):
		if line := words(grubText(rest, vars), true); len(line) > 0 {
			e.kernel, e.args = strings.Trim(line[0], `"`), line[1:]
		}
	case strings.HasPrefix(command, "initrd"):
		e.initrds = words(grubText(rest, vars), false)
	}
}

// grubText puts values in the places of variables.
func grubText(s string, vars map[string]string) string {
	s = grubVariable.ReplaceAllStringFunc(s, func(v string) string { return vars[grubVariable.FindStringSubmatch(v)[1]] })
	return s[:min(len(s), mostOfALine)]
}
