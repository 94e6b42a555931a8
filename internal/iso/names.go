// SPDX-License-Identifier: Apache-2.0

package iso

import (
	"encoding/binary"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// checkName says what is wrong with a name that would not stay in its directory, or could not be shown.
func checkName(name string) string {
	switch {
	case name == "":
		return "it is empty"
	case name == "." || name == "..":
		return "it leads to another directory"
	case len(name) > mostName:
		return "it is longer than 255 bytes"
	case strings.Contains(name, "/"):
		return "it holds a slash"
	case strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return "it holds a control character"
	}
	return ""
}

// text makes UTF-8 of a Rock Ridge name, which has no character set: what is not UTF-8 was Latin-1 when it was written.
func text(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	return latin1(b)
}

func latin1(b []byte) string {
	runes := make([]rune, len(b))
	for i, c := range b {
		runes[i] = rune(c)
	}
	return string(runes)
}

// bigEndian16 makes UTF-8 of UTF-16BE; what is no character becomes U+FFFD.
func bigEndian16(b []byte) string {
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = binary.BigEndian.Uint16(b[2*i:])
	}
	return string(utf16.Decode(units))
}

// plainName makes of "README.TXT;1" what Linux makes of it (map=normal): "readme.txt".
func plainName(b []byte) string {
	name := strings.ToLower(text(b))
	if i := strings.LastIndexByte(name, ';'); i > 0 {
		name = name[:i]
	}
	return strings.TrimSuffix(name, ".")
}

// jolietName takes the version number off a Joliet name.
func jolietName(b []byte) string {
	name := bigEndian16(b)
	if i := strings.LastIndexByte(name, ';'); i > 0 && len(name)-i <= 6 {
		name = name[:i]
	}
	return name
}

// label trims a volume's name.
func label(s string) string { return strings.TrimRight(s, " \x00") }
