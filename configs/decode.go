// SPDX-License-Identifier: Apache-2.0

package configs

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
)

// maxNodes bounds how much one file may hold once its aliases are followed: a few lines of nested aliases can stand for
// billions of values. 10,000 hosts of 100 values each fit.
const maxNodes = 2_000_000

// decoder fills Go values from the nodes of one file and notes everything that is wrong on the way.
type decoder struct {
	file      string
	lines     []string
	problems  []boot.Problem
	selectors map[string]*boot.Selector // by key, for match
	places    map[string]boot.Pos       // where settings stand, by path: "tftp.block_size.max"
	nodes     int
	depth     int
	givenUp   bool // the file is too big or too deep, and the rest of it was not read
}

// scalar is a value that is written as one word.
type scalar interface {
	// parse reads the text; its error says what was expected.
	parse(text string) error
}

// custom is a value that has several spellings.
type custom interface {
	decode(d *decoder, n *node, path string)
}

// placed is a value that knows where it stands; it is embedded in what needs that.
type placed struct{ pos boot.Pos }

func (p *placed) place(pos boot.Pos) { p.pos = pos }

func (d *decoder) pos(n *node) boot.Pos {
	return boot.Pos{File: d.file, Line: n.Line, Column: n.Column}
}

func (d *decoder) fail(n *node, what, expected string) {
	d.report(boot.Problem{Pos: d.pos(n), What: what, Expected: expected})
}

// report notes a problem, unless reading was given up: what seems to be missing then may be in the rest.
func (d *decoder) report(p boot.Problem) {
	if !d.givenUp {
		d.problems = append(d.problems, p)
	}
}

// follow gives what an alias stands for, and counts.
func (d *decoder) follow(n *node) *node {
	for n.Kind == aliasNode {
		n = n.Alias
	}
	d.nodes++
	return n
}

// tooMuch reports, once, a file that is too big or too deep.
func (d *decoder) tooMuch(n *node) bool {
	if d.nodes > maxNodes || d.depth > maxDepth {
		d.fail(n, "the file is too big or nested too deep", fmt.Sprintf("expected at most %d values, %d levels deep, aliases included", maxNodes, maxDepth))
		d.givenUp = true
	}
	return d.givenUp
}

const maxDepth = 60

// value decodes one node into v, which must be addressable.
func (d *decoder) value(n *node, v reflect.Value, path string, f field) {
	n = d.follow(n)
	d.depth++
	defer func() { d.depth-- }()
	if d.tooMuch(n) {
		return
	}
	if d.places != nil {
		d.places[path] = d.pos(n)
	}
	if c, ok := v.Addr().Interface().(custom); ok {
		c.decode(d, n, path)
		return
	}
	d.inner(n, v, path, f)
}

// plain decodes into what p points to as if its type were not custom.
func (d *decoder) plain(n *node, p any, path string) {
	d.inner(d.follow(n), reflect.ValueOf(p).Elem(), path, field{})
}

func (d *decoder) inner(n *node, v reflect.Value, path string, f field) {
	if isNull(n) {
		return
	}
	if p, ok := v.Addr().Interface().(interface{ place(boot.Pos) }); ok {
		p.place(d.pos(n))
	}
	if !d.scalar(n, v, path, f) {
		d.composite(n, v, path, f)
	}
}

func (d *decoder) composite(n *node, v reflect.Value, path string, f field) {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.value(n, v.Elem(), path, f)
	case reflect.Struct:
		d.structure(n, v, path)
	case reflect.Slice:
		d.list(n, v, path, f)
	case reflect.Map:
		d.mapping(n, v, path, f)
	default:
		panic("configs: no way to decode " + v.Type().String())
	}
}

// list takes one value for a list of one.
func (d *decoder) list(n *node, v reflect.Value, path string, f field) {
	items := []*node{n}
	if n.Kind == sequenceNode {
		items = n.Content
	} else if n.Kind == mappingNode && v.Type().Elem().Kind() != reflect.Struct {
		d.fail(n, shown(path), "expected "+describe(v.Type(), f))
		return
	}
	out := reflect.MakeSlice(v.Type(), len(items), len(items))
	for i, item := range items {
		if isNull(item) {
			d.fail(item, shown(path), "expected a value, got nothing")
			continue
		}
		d.value(item, out.Index(i), fmt.Sprintf("%s[%d]", path, i), f)
	}
	v.Set(out)
}

func (d *decoder) mapping(n *node, v reflect.Value, path string, f field) {
	out := reflect.MakeMap(v.Type())
	for _, p := range d.pairs(n, path) {
		item := reflect.New(v.Type().Elem()).Elem()
		d.value(p.value, item, join(path, p.key.Value), f)
		out.SetMapIndex(reflect.ValueOf(p.key.Value).Convert(v.Type().Key()), item)
	}
	v.Set(out)
}

func (d *decoder) structure(n *node, v reflect.Value, path string) {
	fields := fieldsOf(v.Type())
	for _, p := range d.pairs(n, path) {
		i := slices.IndexFunc(fields, func(f field) bool { return f.key == p.key.Value })
		if i < 0 {
			d.fail(p.key, "unknown key "+join(path, p.key.Value), boot.Hint(p.key.Value, keysOf(fields)))
			continue
		}
		d.value(p.value, v.FieldByIndex(fields[i].index), join(path, p.key.Value), fields[i])
	}
}

func isNull(n *node) bool { return n.Kind == scalarNode && n.ShortTag() == "!!null" }

// kindOf names what a node is in the words of somebody who writes YAML.
func kindOf(n *node) string {
	switch n.Kind {
	case mappingNode:
		return "a mapping"
	case sequenceNode:
		return "a list"
	default:
		if isNull(n) {
			return "nothing"
		}
		return fmt.Sprintf("%q", clip(n.Value))
	}
}

// clip shortens text for a message.
func clip(s string) string {
	if len(s) > 60 {
		return strings.ToValidUTF8(s[:60], "") + "…"
	}
	return s
}

func join(path, key string) string {
	if path == "" {
		return clip(key)
	}
	return path + "." + clip(key)
}

// shown names a path in a message; the top of a file has none.
func shown(path string) string {
	if path == "" {
		return "the document"
	}
	return path
}
