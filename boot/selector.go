// SPDX-License-Identifier: Apache-2.0

package boot

import "strings"

// Selector is one kind of selector and all that there is to know about it: how it is written, what it selects, how much it decides,
// how rules that have it are found. Everything that deals with selectors walks the table of them, so a new one is
// one entry there, beside the field of [Match] that holds its values.
type Selector struct {
	Key  string // under match in YAML; two entries of one key are two degrees of it
	Name string // in the order of what decides most
	Doc  string // for people who write YAML
	Form Form

	// parse adds a value to a Match. Its error says what was expected. nil: what whole points to is not written in words.
	parse func(m *Match, text string) error
	whole func(m *Match) any

	given   func(m *Match) bool
	matches func(m *Match, c *Client, known bool) bool // asked only where it is given
	// width is how much of all there is a Match lets through, which compares with others of this selector only; false: it does
	// not have it.
	width func(m *Match) (float64, bool)
	meet  func(a, b *Match) bool // may one machine be selected by both? Errs towards yes
	text  func(m *Match) string
	// example gives a machine what the Match asks for; nil: a machine does not have it of its own.
	example func(m *Match, c *Client)
	names   func(m *Match) bool // does the Match name machines one by one? nil: never
	find    func() finder       // finds rules by its values; nil: see scanned
	scanned string              // why rules that have nothing better are asked one by one
	// notForHosts is what is expected of a host instead; "": it is for hosts as well as for groups.
	notForHosts string
}

// Form is how a value is written.
type Form struct {
	What    string   // "a MAC address"
	Example string   // one that may be written
	Pattern string   // a regular expression for editors; "": any text
	Words   []string // all that there are; nil: any that fit
	// MaxNumber is the highest number that may be written, for YAML does not know that it is meant as text; 0: none may.
	MaxNumber int64
}

// Parse adds a value to m. The error says what was expected. It is not for selectors that have a [Selector.Whole].
func (s *Selector) Parse(m *Match, text string) error { return s.parse(m, text) }

// Whole points to the values of a selector that is not a list of words; nil if it is one.
func (s *Selector) Whole(m *Match) any {
	if s.whole == nil {
		return nil
	}
	return s.whole(m)
}

// degree reports whether the entry only adds to another one of the same key.
func (s *Selector) degree() bool { return s.given == nil }

type selectors []*Selector

// given lists what a Match has.
func (all selectors) given(m *Match) []*Selector {
	var out []*Selector
	for _, s := range all {
		if !s.degree() && s.given(m) {
			out = append(out, s)
		}
	}
	return out
}

// rank measures the Match.
func (all selectors) rank(m *Match) rank {
	var r rank
	for i, s := range all {
		if wide, ok := s.width(m); ok {
			k := len(all) - 1 - i
			r.kinds |= 1 << k
			r.wide[k] = wide
		}
	}
	return r
}

// top is the most decisive selector; nil if there is none.
func (all selectors) top(r rank) *Selector {
	k, ok := r.top()
	if !ok {
		return nil
	}
	return all[len(all)-1-k]
}

// text lists what a Match has in the order in which it decides.
func text(given []*Selector, m *Match) string {
	if len(given) == 0 {
		return "every machine"
	}
	return strings.Join(each(given, func(s *Selector) string { return s.text(m) }), ", ")
}

// overlap reports whether one machine may be selected by both. It errs towards yes.
func (all selectors) overlap(a, b *Match) bool {
	for _, s := range all {
		if !s.degree() && !s.meet(a, b) {
			return false
		}
	}
	return true
}

// matches reports whether every selector holds for the client; known says that a host was found for it.
func matches(given []*Selector, m *Match, c *Client, known bool) bool {
	for _, s := range given {
		if !s.matches(m, c, known) {
			return false
		}
	}
	return true
}

// named reports whether only machines that somebody wrote down match.
func (all selectors) named(m *Match) bool {
	if m.Known != nil && *m.Known {
		return true
	}
	s := all.top(all.rank(m))
	return s != nil && s.names != nil && s.names(m)
}
