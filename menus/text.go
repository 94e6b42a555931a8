// SPDX-License-Identifier: Apache-2.0

package menus

import (
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
	slotKey                // the path of such a file, which is a key of the configuration: its place is all that is known of it
)

// guard names the function that every value of a slot goes through; "" for none.
func (s slot) guard() string { return [...]string{"_path", "_words", "_script", "", "_path"}[s] }

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
	defer func(outer slot) { sc.slot = outer }(sc.slot)
	sc.slot = s
	var b strings.Builder
	if err := c.tmpl.Execute(&b, sc.data); err != nil {
		return "", sc.withHint(sc.tree.placed(src, s, err))
	}
	return b.String(), nil
}
