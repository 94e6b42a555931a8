// SPDX-License-Identifier: Apache-2.0

package boot

import (
	"fmt"
	"strings"
)

// Pos is a place in a configuration file. Line and Column count from 1; 0 means not known.
type Pos struct {
	File   string
	Line   int
	Column int
}

// String gives file:line:col, as editors and compilers do.
func (p Pos) String() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// Text is a piece of configuration that is rendered later, and where it stands.
type Text struct {
	S   string
	Pos Pos
}

// Problem is something wrong in a configuration: where, what, and what was expected.
type Problem struct {
	Pos      Pos
	What     string
	Expected string // with the nearest valid name as a hint; may be empty
	Warning  bool   // it boots, but probably not as meant
}

// Error gives "file:line:col: what: what was expected".
func (p Problem) Error() string {
	const longest = 400 // bytes of what is wrong: a value may be a whole file that landed in the wrong place
	s := p.What
	if len(s) > longest {
		s = strings.ToValidUTF8(s[:longest], "") + "…"
	}
	if p.Expected != "" {
		s += ": " + p.Expected
	}
	if at := p.Pos.String(); at != "" {
		s = at + ": " + s
	}
	return s
}
