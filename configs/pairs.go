// SPDX-License-Identifier: Apache-2.0

package configs

import "fmt"

// pair is one line of a mapping.
type pair struct{ key, value *node }

// pairs lists the lines of a mapping, those merged in by << after its own. A key that is there twice counts once.
func (d *decoder) pairs(n *node, path string) []pair {
	if n.Kind != mappingNode {
		d.fail(n, shown(path), "expected a mapping (key: value), got "+kindOf(n))
		return nil
	}
	var out, merged []pair
	seen := make(map[string]*node, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := d.follow(n.Content[i])
		switch old := seen[key.Value]; {
		case key.Kind != scalarNode:
			d.fail(key, shown(path), "expected a plain key, got "+kindOf(key))
		case key.Tag == "!!merge":
			merged = append(merged, d.merged(n.Content[i+1], path)...)
		case old != nil:
			d.fail(key, "key "+join(path, key.Value)+" is there twice", fmt.Sprintf("expected once, as in line %d", old.Line))
		default:
			seen[key.Value] = key
			out = append(out, pair{key, n.Content[i+1]})
		}
	}
	for _, p := range merged {
		if seen[p.key.Value] == nil {
			seen[p.key.Value] = p.key
			out = append(out, p)
		}
	}
	return out
}

// merged gives the lines that "<<: *alias" or "<<: [*a, *b]" stands for.
func (d *decoder) merged(n *node, path string) []pair {
	n = d.follow(n)
	d.depth++
	defer func() { d.depth-- }()
	if d.tooMuch(n) {
		return nil
	}
	if n.Kind != sequenceNode {
		return d.pairs(n, path)
	}
	var out []pair
	for _, item := range n.Content {
		out = append(out, d.pairs(d.follow(item), path)...)
	}
	return out
}
