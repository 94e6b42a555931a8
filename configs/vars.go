// SPDX-License-Identifier: Apache-2.0

package configs

import (
	"reflect"

	"github.com/bootlace-net/bootlace/boot"
)

// vars is a tree of values whose scalars keep their text: yaml.v3 alone would make 83 of 0123 and 1000 of 1e3.
type vars boot.Vars

func (v *vars) decode(d *decoder, n *node, path string) {
	if isNull(n) {
		return
	}
	if n.Kind != mappingNode {
		d.fail(n, shown(path), "expected a mapping (key: value), got "+kindOf(n))
		return
	}
	tree, _ := d.tree(n, path).(boot.Vars)
	*v = vars(tree)
}

func (*vars) describe() string { return "a mapping of any values" }

// tree decodes one value of whatever kind.
func (d *decoder) tree(n *node, path string) any {
	n = d.follow(n)
	d.depth++
	defer func() { d.depth-- }()
	if d.tooMuch(n) {
		return ""
	}
	switch n.Kind {
	case mappingNode:
		out := make(boot.Vars, len(n.Content)/2)
		for _, p := range d.pairs(n, path) {
			out[p.key.Value] = d.tree(p.value, join(path, p.key.Value))
		}
		return out
	case sequenceNode:
		out := make([]any, len(n.Content))
		for i, item := range n.Content {
			out[i] = d.tree(item, path)
		}
		return out
	default:
		return d.leaf(n)
	}
}

// leaf gives true and false as such, nothing as empty text, and everything else as it is written.
func (d *decoder) leaf(n *node) any {
	switch {
	case isNull(n):
		return ""
	case n.ShortTag() == "!!bool" && (n.Value == "true" || n.Value == "false"):
		return n.Value == "true"
	}
	return n.Value
}

// fieldsOfType is fieldsOf for a type that is known.
func fieldsOfType[T any]() []field { return fieldsOf(reflect.TypeFor[T]()) }
