// SPDX-License-Identifier: Apache-2.0

package boot

import "fmt"

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
