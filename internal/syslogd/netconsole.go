// SPDX-License-Identifier: Apache-2.0

package syslogd

import (
	"strconv"
	"strings"
)

// fragment says which part of a message a datagram is. A total of 0: it is the whole.
type fragment struct {
	number        uint64 // of the message
	offset, total int    // in bytes
}

// extended reads "LEVEL,NUMBER,TIME,FLAGS[,ncfrag=OFFSET/TOTAL];TEXT" (Documentation/networking/netconsole.rst), before which
// the kernel's release may stand. Lines that begin with a space are a dictionary, for programs. False if it is something else.
func (l *Line) extended(s string) bool {
	header, text, ok := strings.Cut(s, ";")
	if !ok || len(header) > 256 {
		return false
	}
	words := strings.Split(header, ",")
	level, err := strconv.ParseUint(words[0], 10, 16)
	if err != nil && len(words) > 1 {
		words = words[1:]
		level, err = strconv.ParseUint(words[0], 10, 16)
	}
	if err != nil || len(words) < 4 {
		return false
	}
	number, err := strconv.ParseUint(words[1], 10, 64)
	if _, bad := strconv.ParseUint(words[2], 10, 64); err != nil || bad != nil {
		return false
	}
	l.Form, l.Severity, l.Program, l.Text = Kernel, Severity(level&7), "kernel", text
	for _, w := range words[4:] {
		if of, ok := strings.CutPrefix(w, "ncfrag="); ok {
			return l.part(of, number)
		}
	}
	l.Text = message(text)
	return true
}

// part reads OFFSET/TOTAL.
func (l *Line) part(of string, number uint64) bool {
	a, b, _ := strings.Cut(of, "/")
	offset, err := strconv.Atoi(a)
	total, bad := strconv.Atoi(b)
	if err != nil || bad != nil || offset < 0 || total <= 0 || total > mostFragment || offset+len(l.Text) > total {
		return false
	}
	l.fragment = fragment{number, offset, total}
	return true
}

// message leaves the dictionary out, and gives back the bytes that are escaped as \x0a.
func message(s string) string {
	s, _, _ = strings.Cut(s, "\n ")
	s = strings.TrimRight(s, "\n")
	if !strings.Contains(s, `\x`) {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if strings.HasPrefix(s[i:], `\x`) && len(s) >= i+4 {
			if c, err := strconv.ParseUint(s[i+2:i+4], 16, 8); err == nil {
				b = append(b, byte(c))
				i += 3
				continue
			}
		}
		b = append(b, s[i])
	}
	return string(b)
}

// pieces is a message of the kernel that has not come whole yet.
type pieces struct {
	line Line
	text string // from its beginning
}

// add takes the next part of a message and gives the lines that are whole. The kernel sends the parts in their order, right
// behind each other; when one is lost, what there is of the message is all that will come.
func (p *pieces) add(l Line, to []Line) []Line {
	f, was := l.fragment, p.line.fragment
	if f.total == 0 {
		return append(p.flush(to), l)
	}
	if f.number != was.number || f.total != was.total || f.offset != len(p.text) {
		to = p.flush(to)
	}
	p.line = l
	p.text += l.Text
	if f.offset+len(l.Text) == f.total {
		to = p.flush(to)
	}
	return to
}

// flush gives what there is.
func (p *pieces) flush(to []Line) []Line {
	if p.text == "" {
		return to
	}
	l := p.line
	l.Text, l.fragment = message(p.text), fragment{}
	*p = pieces{}
	return l.split(to)
}
