// SPDX-License-Identifier: Apache-2.0

package boot

import (
	"slices"
	"strings"
)

// list makes selectors whose values are alternatives: one of them must fit.
type list[T any] struct {
	of   func(*Match) *[]T
	fits func(T, *Client) bool
	meet func(x, y T) bool // may one machine be selected by both?
	show func(T) string    // for people
	bits func(T) float64   // how precise a value is; nil: all alike
	make func(T, *Client)  // gives a machine what fits
}

func (l list[T]) selector(key string, parse func(string) (T, error)) *Selector {
	s := &Selector{Key: key, Name: key, given: func(m *Match) bool { return len(*l.of(m)) > 0 }}
	s.parse = func(m *Match, text string) error {
		v, err := parse(text)
		if err == nil {
			*l.of(m) = append(*l.of(m), v)
		}
		return err
	}
	s.matches = func(m *Match, c *Client, _ bool) bool {
		for _, v := range *l.of(m) {
			if l.fits(v, c) {
				return true
			}
		}
		return false
	}
	s.width = func(m *Match) (float64, bool) {
		values := *l.of(m)
		if l.bits != nil {
			return widthOf(values, l.bits), len(values) > 0
		}
		return float64(len(values)), len(values) > 0
	}
	s.meet = func(a, b *Match) bool { return meet(*l.of(a), *l.of(b), l.meet) }
	s.text = func(m *Match) string { return key + " " + shortList(each(*l.of(m), l.show)) }
	s.example = func(m *Match, c *Client) { l.make((*l.of(m))[0], c) }
	return s
}

// textSelector is for facts that are text, with patterns in which '*' stands for any text. A fact that is not known fits none.
func textSelector(key string, of func(*Match) *[]string, fact func(*Client) *string) *Selector {
	s := list[string]{
		of: of, meet: globsMeet, show: asItIs, bits: textBits,
		fits: func(p string, c *Client) bool { return globKnown(p, *fact(c)) },
		make: func(p string, c *Client) { *fact(c) = strings.ReplaceAll(p, "*", "") },
	}.selector(key, parseText)
	s.Form = Form{What: "text", Example: "abc-1"}
	s.find = exactly(func(m *Match) []string {
		if slices.ContainsFunc(*of(m), hasStar) {
			return nil
		}
		return each(*of(m), strings.ToLower)
	}, func(c *Client) (string, bool) { return strings.ToLower(*fact(c)), *fact(c) != "" })
	return s
}

func asItIs(s string) string { return s }
