// SPDX-License-Identifier: Apache-2.0

package boot

import (
	"cmp"
	"fmt"
)

// Problem is something wrong in a configuration: where, what, and what was expected.
type Problem struct {
	Pos      Pos
	What     string
	Expected string // with the nearest valid name as a hint; may be empty
	Warning  bool   // it boots, but probably not as meant
}

// Error gives "file:line:col: what: what was expected".
func (p Problem) Error() string {
	const longest = 400 // characters of what is wrong: a value may be a whole file that landed in the wrong place
	s := Excerpt(p.What, longest)
	if p.Expected != "" {
		s += ": " + Printable(p.Expected)
	}
	if at := p.Pos.String(); at != "" {
		s = at + ": " + s
	}
	return s
}

// CompareProblems orders problems by file, line and column.
func CompareProblems(a, b Problem) int {
	return cmp.Or(cmp.Compare(a.Pos.File, b.Pos.File), cmp.Compare(a.Pos.Line, b.Pos.Line),
		cmp.Compare(a.Pos.Column, b.Pos.Column))
}

// maxPerFile is how many mistakes and how many warnings of one file are worth reading at once.
const maxPerFile = 100

// Bounded leaves out what nobody would read: of every file the first hundred mistakes and the first hundred warnings stay, in their
// order, and a last one says how many more there are.
func Bounded(problems []Problem) []Problem {
	type group struct {
		file    string
		warning bool
	}
	all, told := make(map[group]int), make(map[group]int)
	for _, p := range problems {
		all[group{p.Pos.File, p.Warning}]++
	}
	var out []Problem
	for _, p := range problems {
		g := group{p.Pos.File, p.Warning}
		switch told[g]++; {
		case told[g] <= maxPerFile:
			out = append(out, p)
		case told[g] == maxPerFile+1:
			out = append(out, Problem{Pos: Pos{File: g.file}, What: fmt.Sprintf("and %d more", all[g]-maxPerFile), Warning: g.warning})
		}
	}
	return out
}
