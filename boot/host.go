// SPDX-License-Identifier: Apache-2.0

package boot

// Host is a machine that is known: who boots what.
type Host struct {
	Name     string
	Match    Match
	Profile  string
	Vars     Vars
	Labels   map[string]string
	Strategy string
	Pos      Pos
}

// Group gives profile and vars to many machines at once.
type Group struct {
	Name     string
	Match    Match
	Profile  string
	Vars     Vars
	Labels   map[string]string
	Strategy string
	Pos      Pos
}
