// SPDX-License-Identifier: Apache-2.0

package configs

import (
	"fmt"
	"reflect"
	"strings"
)

// settingsReference writes the first document of reference.yaml: every key of bootlace.yaml with its default, below what
// its tag says about it.
func settingsReference() string {
	var b strings.Builder
	m := mainDocument{Settings: DefaultSettings()}
	v := reflect.ValueOf(m)
	for i, f := range fieldsOf(v.Type()) {
		if i > 0 {
			b.WriteByte('\n')
		}
		writeSetting(&b, v.FieldByIndex(f.index), f, "")
	}
	return b.String()
}

func writeSetting(b *strings.Builder, v reflect.Value, f field, indent string) {
	writeComment(b, f, indent)
	switch {
	case f.key == "unknown":
		b.WriteString("unknown: ignore\n")
	case f.key == "remap":
		fmt.Fprintf(b, "%sremap: [] # - {match: '^/?tftpboot/', replace: '', final: false, deny: false}\n", indent)
	case v.Kind() == reflect.Struct:
		fmt.Fprintf(b, "%s%s:\n", indent, f.key)
		for _, inner := range fieldsOf(v.Type()) {
			writeSetting(b, v.FieldByIndex(inner.index), inner, indent+"  ")
		}
	default:
		fmt.Fprintf(b, "%s%s: %s\n", indent, f.key, defaultText(v))
	}
}

// writeComment wraps the doc of a key and adds what is allowed.
func writeComment(b *strings.Builder, f field, indent string) {
	text := f.doc
	switch {
	case f.min != "" && f.max != "":
		text += fmt.Sprintf(" From %s to %s.", f.min, f.max)
	case f.max != "":
		text += fmt.Sprintf(" At most %s.", f.max)
	}
	for _, line := range wrap(text, 118-len(indent)) {
		fmt.Fprintf(b, "%s# %s\n", indent, line)
	}
}

// wrap breaks text into lines of at most width bytes where it has spaces.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && len(line)+1+len(word) > width {
			lines = append(lines, line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}
