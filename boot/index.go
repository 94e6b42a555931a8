// SPDX-License-Identifier: Apache-2.0

package boot

import "slices"

// index finds the rules that may be meant for a client without asking all of them. Each rule stands under the values of
// its most decisive selector that can be looked up, or among the rest if it has none.
type index struct {
	finders []finder
	rest    []*rule
}

func (all selectors) index(rules []*rule) *index {
	x := &index{}
	for _, s := range all {
		if s.find != nil {
			x.finders = append(x.finders, s.find())
		}
	}
	for _, r := range rules {
		x.add(r)
	}
	x.finders = slices.DeleteFunc(x.finders, finder.empty)
	return x
}

func (x *index) add(r *rule) {
	for _, f := range x.finders {
		if f.add(r) {
			return
		}
	}
	x.rest = append(x.rest, r)
}

// candidates appends to out every rule that may match the client; a rule may come more than once.
func (x *index) candidates(c *Client, out []*rule) []*rule {
	for _, f := range x.finders {
		out = f.find(c, out)
	}
	return append(out, x.rest...)
}

// together visits the rules that stand under one value.
func (x *index) together(f func([]*rule)) {
	for _, finder := range x.finders {
		finder.together(f)
	}
	f(x.rest)
}

// finder finds rules by the values of one selector.
type finder interface {
	// add takes a rule, unless it cannot be found by its values.
	add(r *rule) bool
	find(c *Client, out []*rule) []*rule
	together(f func([]*rule))
	empty() bool
}

// byValue are the rules that stand under a value.
type byValue[K comparable] map[K][]*rule

func (v byValue[K]) put(keys []K, r *rule) bool {
	for _, k := range keys {
		if !slices.Contains(v[k], r) {
			v[k] = append(v[k], r)
		}
	}
	return len(keys) > 0
}

func (v byValue[K]) together(f func([]*rule)) {
	for _, rules := range v {
		f(rules)
	}
}

func (v byValue[K]) empty() bool { return len(v) == 0 }

// exact finds rules by values that a client has or has not.
type exact[K comparable] struct {
	byValue[K]
	keys func(*Match) []K // none: it has none, or one of them cannot be looked up
	fact func(*Client) (K, bool)
}

// exactly makes finders that look a fact of the client up.
func exactly[K comparable](keys func(*Match) []K, fact func(*Client) (K, bool)) func() finder {
	return func() finder { return &exact[K]{make(byValue[K]), keys, fact} }
}

func (x *exact[K]) add(r *rule) bool { return x.put(x.keys(r.match), r) }

func (x *exact[K]) find(c *Client, out []*rule) []*rule {
	if k, ok := x.fact(c); ok {
		out = append(out, x.byValue[k]...)
	}
	return out
}

// within finds rules by values that a client lies in: beginnings of an address.
type within[K comparable] struct {
	byValue[K]
	lengths []int // that are in use
	keys    func(*Match) []K
	length  func(K) int
	cut     func(*Client, int) (K, bool) // the client's value of some length
}

// nested makes finders that look up the beginnings of a fact.
func nested[K comparable](keys func(*Match) []K, length func(K) int, cut func(*Client, int) (K, bool)) func() finder {
	return func() finder { return &within[K]{make(byValue[K]), nil, keys, length, cut} }
}

func (x *within[K]) add(r *rule) bool {
	keys := x.keys(r.match)
	for _, k := range keys {
		n := x.length(k)
		if i, found := slices.BinarySearch(x.lengths, n); !found {
			x.lengths = slices.Insert(x.lengths, i, n)
		}
	}
	return x.put(keys, r)
}

func (x *within[K]) find(c *Client, out []*rule) []*rule {
	for _, n := range x.lengths {
		if k, ok := x.cut(c, n); ok {
			out = append(out, x.byValue[k]...)
		}
	}
	return out
}
