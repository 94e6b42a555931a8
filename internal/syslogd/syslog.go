// SPDX-License-Identifier: Apache-2.0

package syslogd

import (
	"strings"
)

// syslog reads what stands behind the priority.
func (l *Line) syslog(s string) {
	if rest, ok := strings.CutPrefix(s, "1 "); ok && l.rfc5424(rest) {
		return
	}
	l.bsd(s)
}

// rfc5424 reads the header behind the version (RFC 5424 section 6.2); false if there is none.
func (l *Line) rfc5424(s string) bool {
	var words [5]string // TIMESTAMP HOSTNAME APP-NAME PROCID MSGID
	for i := range words {
		var ok bool
		if words[i], s, ok = strings.Cut(s, " "); !ok || words[i] == "" {
			return false
		}
	}
	s, ok := cutData(s)
	if !ok {
		return false
	}
	l.Form, l.Host, l.Program = RFC5424, notNil(words[1]), notNil(words[2])
	l.Text = strings.TrimPrefix(strings.TrimPrefix(s, " "), "\ufeff") // section 6.4
	return true
}

// notNil gives "" for the value that stands for none.
func notNil(s string) string {
	if s == "-" {
		return ""
	}
	return clean(cut(s, mostOfAName))
}

// cutData takes the structured data from the beginning (section 6.3). Only there a backslash stands before what is not to
// end a value.
func cutData(s string) (rest string, ok bool) {
	if rest, ok = strings.CutPrefix(s, "-"); ok {
		return rest, true
	}
	if !strings.HasPrefix(s, "[") {
		return s, false
	}
	quoted := false
	for i := 0; i < len(s); i++ {
		switch {
		case quoted && s[i] == '\\':
			i++
		case s[i] == '"':
			quoted = !quoted
		case !quoted && s[i] == ']' && (i+1 == len(s) || s[i+1] != '['):
			return s[i+1:], true
		}
	}
	return s, false
}

// bsd reads "TIMESTAMP HOST PROGRAM[PID]: TEXT" (RFC 3164 section 4.1), of which senders leave out what they like: busybox the
// host, iPXE the time. What is not understood stays in the text, so that nothing is lost.
func (l *Line) bsd(s string) {
	l.Form = BSD
	rest, dated := cutTime(s)
	l.Text = rest
	first, second, _ := strings.Cut(rest, " ")
	if program, ok := tag(first); ok {
		l.Program, l.Text = program, second
	} else if word, text, _ := strings.Cut(second, " "); first != "" {
		if program, ok := tag(word); ok {
			l.Host, l.Program, l.Text = clean(cut(first, mostOfAName)), program, text
		}
	}
	if l.Program == "ipxe" && !dated { // net/udp/syslog.c
		l.Form = IPXE
	}
}

// tag takes a word for the name of a program: "anna:", "anna[12]:".
func tag(word string) (program string, ok bool) {
	word, ok = strings.CutSuffix(word, ":")
	if !ok || word == "" || len(word) > mostOfAName {
		return "", false
	}
	if name, pid, found := strings.Cut(word, "["); found && strings.HasSuffix(pid, "]") {
		word = name
	}
	return clean(word), word != "" && !strings.ContainsAny(word, "[]<>\"\x1b")
}

// cutTime takes the time from the beginning: "Jan  2 15:04:05 ", or as rsyslog writes it "2006-01-02T15:04:05.999+02:00 ". It is
// not believed: clocks of machines that boot are wrong.
func cutTime(s string) (rest string, ok bool) {
	const shape = "Jan _2 15:04:05 "
	if len(s) >= len(shape) && s[3] == ' ' && s[6] == ' ' && s[9] == ':' && s[12] == ':' && s[15] == ' ' {
		return s[len(shape):], true
	}
	if first, rest, found := strings.Cut(s, " "); found && len(first) >= len("2006-01-02T15:04:05") && len(first) <= 40 &&
		first[4] == '-' && first[7] == '-' && first[10] == 'T' && first[13] == ':' {
		return rest, true
	}
	return s, false
}
