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
	"text/template"

	"github.com/bootlace-net/bootlace/boot"
)

// slot says where a text lands, and so what its values may hold.
type slot uint8

const (
	slotPath   slot = iota // the name of a file, or a URL
	slotWords              // a part of a kernel's command line
	slotScript             // a raw iPXE script
	slotFile               // a file of the profile, in whatever language
)

// guard names the function that every value of a slot goes through; "" for none.
func (s slot) guard() string { return [...]string{"_path", "_words", "_script", ""}[s] }

type textKey struct {
	boot.Text
	slot slot
}

// text is a piece of configuration, compiled.
type text struct {
	src  boot.Text
	tmpl *template.Template // nil: there is nothing to be done, src is the result
	err  error              // it could not be parsed
}

// templateName is what texts are called inside text/template. Partials have names of their own.
const templateName = "\x00"

// compile parses a text once. Every value of it is sent through the guard of the slot.
func (t *Tree) compile(src boot.Text, s slot) *text {
	c := &text{src: src}
	if !strings.Contains(src.S, "{{") {
		return c
	}
	set := t.partials
	if usesPartials(src.S) {
		var err error
		if set, err = set.Clone(); err != nil {
			c.err = err
			return c
		}
	}
	tmpl, err := set.New(templateName).Parse(src.S)
	if err == nil {
		err = rewrite(tmpl.Tree, s)
	}
	if err != nil {
		c.err = t.positioned(src.Pos, err)
		return c
	}
	c.tmpl = tmpl
	return c
}

// usesPartials is a cheap guess that never says no wrongly: a set of its own is only needed by a text that calls others
// or defines some.
func usesPartials(s string) bool {
	return strings.Contains(s, "include") || strings.Contains(s, "template") || strings.Contains(s, "define") || strings.Contains(s, "block")
}

// text finds a compiled text, or compiles one that the catalog does not hold (a plan somebody made up).
func (t *Tree) text(src boot.Text, s slot) *text {
	if c, ok := t.texts[textKey{src, s}]; ok {
		return c
	}
	return t.compile(src, s)
}

// expand renders a text with the data of a session.
func (sc *scope) expand(src boot.Text, s slot) (string, error) {
	c := sc.tree.text(src, s)
	switch {
	case c.err != nil:
		return "", c.err
	case c.tmpl == nil:
		return src.S, nil
	}
	var b strings.Builder
	if err := c.tmpl.Execute(&b, sc.data); err != nil {
		return "", sc.hinted(sc.tree.positioned(src.Pos, err))
	}
	return b.String(), nil
}

// missing finds which key of which path is not there, in what explain leaves of the message.
func missing() *regexp.Regexp {
	return regexp.MustCompile(`^<((?:\.\w+)+)>: map has no entry for key "(.*)"$`)
}

// hinted adds the nearest key that there is to the complaint about one that is not.
func (sc *scope) hinted(err error) error {
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
