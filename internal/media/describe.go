// SPDX-License-Identifier: Apache-2.0

package media

import (
	"fmt"
	"strings"
	"unicode"
)

// Lines describes a medium for people, a fact a line.
func (m *Medium) Lines() (lines []string) {
	say := func(key, format string, args ...any) {
		if text := fmt.Sprintf(format, args...); text != "" {
			lines = append(lines, key+": "+strings.Map(shown, text))
		}
	}
	say("family", "%s", m.Family)
	say("system", "%s", m.System)
	say("version", "%s", m.Version)
	say("architecture", "%s", m.Arch)
	if m.Refusal != nil {
		say("cannot boot", "%s", m.Refusal.Reason)
		say("instead", "%s", m.Refusal.Instead)
		say("found", "%s", strings.Join(m.Refusal.Found, ", "))
		say("missing", "%s", strings.Join(m.Refusal.Missing, ", "))
	}
	if m.Boot.Kernel != "" {
		m.bootLines(say)
	}
	for _, n := range m.Notes {
		say("note", "%s", n)
	}
	return lines
}

// shown puts a question mark in the place of what a terminal would take for more than text.
func shown(r rune) rune {
	if unicode.IsPrint(r) {
		return r
	}
	return '?'
}

func (m *Medium) bootLines(say func(key, format string, args ...any)) {
	say("least memory", "%d MiB", m.LeastMemory/mib)
	say("Secure Boot", "%s: %s", m.SecureBoot.Answer, m.SecureBoot.Why)
	m.Boot.lines("boot", say)
	for _, o := range m.Others {
		o.lines("or", say)
	}
	for _, f := range m.Files {
		say("file", "%s %s, %d bytes", f.Role, f.Path, f.Size)
	}
	if m.Everything {
		say("file", "any other of the medium")
	}
	if m.FoldCase {
		say("names", "capitals do not matter")
	}
	for _, r := range m.Rewritten {
		for line := range strings.Lines(r.Text) {
			say("rewritten "+r.Path, "%s", strings.TrimSuffix(line, "\n"))
		}
	}
}

func (b Boot) lines(key string, say func(key, format string, args ...any)) {
	say(key, "%s", b.Title)
	say("  kernel", "%s", b.Kernel)
	for _, i := range b.Initrds {
		if i.As != "" {
			say("  initrd", "%s as %s", i.Path, i.As)
			continue
		}
		say("  initrd", "%s", i.Path)
	}
	say("  arguments", "%s", strings.Join(b.Cmdline, " "))
}
