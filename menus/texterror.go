// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
)

// missing finds which key of which path is not there, in what explain leaves of the message.
func missing() *regexp.Regexp {
	return regexp.MustCompile(`^<((?:\.\w+)+)>: map has no entry for key "(.*)"$`)
}

// withHint adds the nearest key that there is to the complaint about one that is not.
func (sc *scope) withHint(err error) error {
	te, ok := err.(*templateError) //nolint:errorlint // it is what positioned just made
	if !ok {
		return err
	}
	m := missing().FindStringSubmatch(te.msg)
	if m == nil {
		return err
	}
	te.msg = "{{ " + m[1] + " }}: there is no " + m[2]
	path := strings.Split(m[1], ".")[1:]
	for i, key := range path {
		if key == m[2] {
			names := keysOf(find(sc.data, path[:i]...))
			if len(names) == 0 && path[0] == "vars" {
				te.msg += ": expected it among vars of the profile, a group or the host"
				break
			}
			te.msg += ": " + boot.Hint(key, names)
			break
		}
	}
	return te
}

// keysOf lists the keys of a map; nothing for anything else.
func keysOf(v any) []string {
	var keys []string
	switch m := v.(type) {
	case boot.Vars:
		keys = slices.Collect(maps.Keys(m))
	case map[string]any:
		keys = slices.Collect(maps.Keys(m))
	case map[string]string:
		keys = slices.Collect(maps.Keys(m))
	}
	keys = slices.DeleteFunc(keys, func(k string) bool { return k == scopeKey })
	slices.Sort(keys)
	return keys
}

// templateError is what text/template said, at its place in the configuration.
type templateError struct {
	pos boot.Pos
	msg string
}

// Error gives the message with its place.
func (e *templateError) Error() string { return boot.Problem{Pos: e.pos, What: e.msg}.Error() }

// errorPlace takes apart "template: NAME:LINE[:COL]: MESSAGE".
func errorPlace() *regexp.Regexp {
	return regexp.MustCompile(`(?s)^template: (.*?):(\d+)(?::(\d+))?: (.*)$`)
}

// placed is positioned for a text in its slot.
func (t *Tree) placed(src boot.Text, s slot, err error) error {
	err = t.positioned(src.Pos, err)
	if te := (*templateError)(nil); s == slotKey && errors.As(err, &te) {
		te.pos = src.Pos
	}
	return err
}

// positioned turns an error of text/template into one with the place in the file that the text came from.
func (t *Tree) positioned(at boot.Pos, err error) error {
	msg := err.Error()
	m := errorPlace().FindStringSubmatch(msg)
	if m == nil {
		return &templateError{at, msg}
	}
	if partial, ok := t.opts.Templates[m[1]]; ok {
		at = partial.Pos
	}
	line, _ := strconv.Atoi(m[2]) // the expression allows digits only
	col, _ := strconv.Atoi(m[3])
	return &templateError{offset(at, line, col), explain(m[4], err)}
}

// offset moves a position by a line and column that count from the beginning of a text. The lines of a text begin in the
// same column: the first of a file, or that of a block in YAML.
func offset(at boot.Pos, line, col int) boot.Pos {
	if at.Line == 0 {
		return at
	}
	at.Line += max(line, 1) - 1
	at.Column = max(at.Column, 1) + col
	return at
}

// explain takes the machinery out of a message: what is left are the expression and what is wrong with it.
func explain(msg string, err error) string {
	var v *valueError
	if errors.As(err, &v) {
		return v.Error()
	}
	rest, ok := strings.CutPrefix(msg, fmt.Sprintf("executing %q at ", templateName))
	if !ok {
		return msg
	}
	if m := calling().FindStringSubmatch(rest); m != nil {
		return "{{ " + m[1] + " }}: " + m[2]
	}
	return rest
}

// calling takes apart what a function of a template complained about.
func calling() *regexp.Regexp { return regexp.MustCompile(`(?s)^<(.*?)>: error calling \w+: (.*)$`) }
