// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"fmt"
	"strconv"
	"strings"
	"text/template"

	"github.com/bootlace-net/bootlace/boot"
)

// valueError says that a value cannot stand where it would land. It names the expression, never the value, which may be
// a secret.
type valueError struct {
	src string // the action, as written
	msg string
}

// Error gives both.
func (e *valueError) Error() string { return e.src + ": " + e.msg }

// severalWords is a value of which its author said that it is more than one word.
type severalWords string

// guardFuncs are the functions that rewrite puts behind every value.
func guardFuncs() template.FuncMap {
	return template.FuncMap{
		"_path":   func(src string, v any) (string, error) { return guarded(src, v, checkPathValue) },
		"_words":  func(src string, v any) (string, error) { return guarded(src, v, checkWordValue) },
		"_script": func(src string, v any) (string, error) { return guarded(src, v, checkScriptValue) },
		"_find":   find,
	}
}

func guarded(src string, v any, check func(s string, many bool) string) (string, error) {
	many := false
	var s string
	switch v := v.(type) {
	case severalWords:
		s, many = string(v), true
	case string:
		s = v
	case bool:
		s = strconv.FormatBool(v)
	case int:
		s = strconv.Itoa(v)
	case float64, int64, uint16, uint64, fmt.Stringer:
		s = fmt.Sprint(v)
	case nil:
		return "", &valueError{src, "there is no such value"}
	default:
		return "", &valueError{src, "a list or a map cannot stand in a line: expected one value, or json, yaml, join"}
	}
	msg := checkControl(s)
	if msg == "" {
		msg = check(s, many)
	}
	if msg != "" {
		return "", &valueError{src, msg}
	}
	return s, nil
}

// checkControl refuses what would end a line, or what no console and no packet should carry.
func checkControl(s string) string {
	for i := range len(s) {
		switch {
		case s[i] == '\n' || s[i] == '\r':
			return "the value holds a line break, which cannot stand in a line"
		case s[i] < ' ' || s[i] == 0x7f:
			return "the value holds a control character, which cannot stand in a line"
		}
	}
	return ""
}

func checkPathValue(s string, many bool) string {
	switch {
	case many:
		return "words cannot stand in a name"
	case strings.Contains(s, "${"):
		return expansion
	case strings.ContainsAny(s, " \"\\"):
		return "the value holds a space, a quote or a backslash, which cannot stand in a name"
	}
	return ""
}

const expansion = "the value holds ${, which iPXE would expand"

func checkWordValue(s string, many bool) string {
	switch {
	case strings.Contains(s, "${"):
		return expansion
	case !many && strings.Contains(s, " "):
		return "the value holds a space: expected one word, or {{ words … }} for several, or {{ quote … }} for one with spaces"
	case !many && strings.Contains(s, `"`):
		return `the value holds ", which begins a quoted word`
	case strings.Count(s, `"`)%2 != 0:
		return `the value holds a " that has no partner`
	}
	return ""
}

func checkScriptValue(s string, many bool) string {
	if msg := checkWordValue(s, many); msg != "" {
		return msg
	}
	if strings.HasSuffix(s, `\`) {
		return `the value ends with \, which would join it with the next line`
	}
	for w := range strings.FieldsSeq(s) {
		if msg := checkIPXEWord(w); msg != "" {
			return "the value: " + msg
		}
	}
	return ""
}

// checkIPXEWord refuses words that mean something to iPXE's command line (its core/exec.c).
func checkIPXEWord(w string) string {
	switch {
	case w == "&&" || w == "||" || w == ";":
		return "the word " + w + " would be an operator to iPXE"
	case strings.HasPrefix(w, "#"):
		return "a word that begins with # would be a comment to iPXE"
	}
	return ""
}

// find follows a path through maps; nil where it ends early.
func find(root any, path ...string) any {
	for _, key := range path {
		var ok bool
		switch m := root.(type) {
		case map[string]any:
			root, ok = m[key]
		case boot.Vars:
			root, ok = m[key]
		case map[string]string:
			root, ok = m[key]
		}
		if !ok {
			return nil
		}
	}
	return root
}
