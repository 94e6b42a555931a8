// SPDX-License-Identifier: Apache-2.0

package configs

import (
	"fmt"
	"reflect"

	"github.com/bootlace-net/bootlace/boot"
)

// match holds the selectors of a rule; which there are and how they are written says the table of boot.
type match boot.Match

// matchKeys are the keys of match, each with its selector.
func matchKeys() (keys []string, byKey map[string]*boot.Selector) {
	byKey = make(map[string]*boot.Selector)
	for _, s := range boot.Selectors() {
		if byKey[s.Key] == nil {
			byKey[s.Key] = s
			keys = append(keys, s.Key)
		}
	}
	return keys, byKey
}

func (m *match) decode(d *decoder, n *node, path string) {
	if isNull(n) {
		return
	}
	for _, p := range d.pairs(n, path) {
		s := d.selectors[p.key.Value]
		if s == nil {
			keys, _ := matchKeys()
			d.fail(p.key, "unknown key "+join(path, p.key.Value), boot.Hint(p.key.Value, keys))
			continue
		}
		d.selector(p.value, s, (*boot.Match)(m), join(path, p.key.Value))
	}
}

func (*match) describe() string { return "a mapping" }

// selector takes one value for a list of one.
func (d *decoder) selector(n *node, s *boot.Selector, m *boot.Match, path string) {
	if whole := s.Whole(m); whole != nil {
		d.value(n, reflect.ValueOf(whole).Elem(), path, field{})
		return
	}
	items := []*node{n}
	switch n = d.follow(n); {
	case isNull(n):
		return
	case n.Kind == mappingNode:
		d.fail(n, path, "expected a list of "+plural(s.Form.What))
		return
	case n.Kind == sequenceNode:
		items = n.Content
	}
	for i, item := range items {
		d.selectorValue(item, s, m, fmt.Sprintf("%s[%d]", path, i))
	}
}

func (d *decoder) selectorValue(n *node, s *boot.Selector, m *boot.Match, path string) {
	n = d.follow(n)
	switch {
	case d.tooMuch(n):
	case isNull(n):
		d.fail(n, path, "expected a value, got nothing")
	case n.Kind != scalarNode:
		d.fail(n, path, "expected "+s.Form.What+", got "+kindOf(n))
	default:
		if err := s.Parse(m, n.Value); err != nil {
			d.fail(n, fmt.Sprintf("%s: %q", path, clip(n.Value)), err.Error())
		}
	}
}

// macForm is how a MAC address is written where none selects anything.
func macForm() boot.Form {
	_, byKey := matchKeys()
	return byKey["mac"].Form
}
