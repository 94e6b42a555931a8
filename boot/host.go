// SPDX-License-Identifier: Apache-2.0

package boot

// Host is a machine that is known: who boots what.
type Host struct {
	Name       string
	Match      Match
	Profile    string
	ProfilePos Pos
	Vars       Vars
	Labels     map[string]string
	Strategy   *Strategy // nil: not said
	Loaders    Text      // the name of its set of loaders; no text: not said
	HTTPS      *Trust    // nil: not said
	Generation int       // which installation is wanted, from 1; 0: not said
	Power      *Power    // nil: not said
	Ignore     bool      // never answered, whatever else says so
	Pos        Pos

	loaders map[Arch][]Name // of the set
}

// Group gives profile and vars to many machines at once.
type Group struct {
	Name       string
	Match      Match
	Profile    string
	ProfilePos Pos
	Vars       Vars
	Labels     map[string]string
	Strategy   *Strategy // nil: not said
	Loaders    Text      // the name of its machines' set of loaders; no text: not said
	HTTPS      *Trust    // nil: not said
	Generation int       // which installation of its machines is wanted, from 1; 0: not said
	Power      *Power    // nil: not said
	Ignore     bool
	Wait       bool // have its machines wait for a decision; then it has no profile
	// AllowDestructive says in words that a destructive profile may reach machines that no host names.
	AllowDestructive bool
	Pos              Pos

	loaders map[Arch][]Name // of the set
}

// decides reports whether the group says what its machines get.
func (g *Group) decides() bool { return g.Ignore || g.Wait || g.Profile != "" }
