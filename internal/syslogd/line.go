// SPDX-License-Identifier: Apache-2.0

package syslogd

import (
	"strings"
	"unicode/utf8"

	"github.com/bootlace-net/bootlace/boot"
)

// Form is how a line was written.
type Form uint8

// The forms.
const (
	Plain   Form = iota // no form at all: netconsole sends the kernel's bare lines
	IPXE                // iPXE's console: "<PRI>HOST ipxe: TEXT"
	BSD                 // RFC 3164, with all that its senders leave out
	RFC5424             // what is in its name
	Kernel              // netconsole's extended form, as in /dev/kmsg
	formCount
)

// String gives the word for logs and metrics.
func (f Form) String() string { return [...]string{"plain", "ipxe", "rfc3164", "rfc5424", "kernel"}[f] }

// Severity is that of syslog (RFC 5424 section 6.2.1), where smaller is worse.
type Severity uint8

// The severities that matter here.
const (
	Error   Severity = 3
	Warning Severity = 4
	Notice  Severity = 5 // of what says none (RFC 3164 section 4.3.3)
)

// String gives syslog's own word.
func (s Severity) String() string {
	return [...]string{"emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"}[s&7]
}

// Level is how loud a line is among the events of a boot: a machine's own trouble is for its operator, and none of ours.
func (s Severity) Level() boot.Level {
	if s <= Error {
		return boot.LevelWarn
	}
	return boot.LevelInfo
}

// Line is one line that a machine sent. All texts are of the sender, whoever that is.
type Line struct {
	Form     Form
	Severity Severity
	Host     string // what the sender calls itself; only text
	Program  string // which of its programs says it; "" where that is not told
	Text     string

	fragment fragment
}

// words is what people read.
func (l *Line) words() string {
	if l.Program == "" {
		return l.Text
	}
	return l.Program + ": " + l.Text
}

// Bounds of one datagram.
const (
	mostLines    = 32   // of one datagram
	mostText     = 1024 // bytes of a line: syslog's own bound (RFC 3164 section 4.1), and about the kernel's (LOG_LINE_MAX)
	mostOfAName  = 64   // bytes of a host's or a program's name
	mostFragment = 4096 // bytes of a message of the kernel in several datagrams
)

// Parse adds the lines of a datagram to those given.
func Parse(datagram []byte, to []Line) []Line {
	s := string(datagram)
	l := Line{Severity: Notice}
	switch pri, rest, ok := cutPriority(s); {
	case ok:
		l.Severity = Severity(pri & 7)
		l.syslog(rest)
	case l.extended(s):
	default:
		l = Line{Severity: Notice, Text: s}
	}
	return l.split(to)
}

// cutPriority takes "<0>" to "<191>" from the beginning (RFC 5424 section 6.2.1).
func cutPriority(s string) (pri int, rest string, ok bool) {
	number, rest, ok := strings.Cut(strings.TrimPrefix(s, "<"), ">")
	if !ok || !strings.HasPrefix(s, "<") || len(number) < 1 || len(number) > 3 {
		return 0, s, false
	}
	for _, c := range []byte(number) {
		if c < '0' || c > '9' {
			return 0, s, false
		}
		pri = pri*10 + int(c-'0')
	}
	if pri > 191 {
		return 0, s, false
	}
	return pri, rest, true
}

// split makes one line of each line of the text; a part of a message stays whole.
func (l *Line) split(to []Line) []Line {
	if l.fragment.total > 0 {
		return append(to, *l)
	}
	n := 0
	for text := range strings.FieldsFuncSeq(l.Text, func(r rune) bool { return r == '\n' || r == '\r' || r == 0 }) {
		if text = clean(text); text == "" {
			continue
		}
		if n++; n > mostLines {
			break
		}
		one := *l
		one.Text = text
		to = append(to, one)
	}
	return to
}

// cut shortens text without breaking a character.
func cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most] + "…"
}
