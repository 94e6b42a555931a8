// SPDX-License-Identifier: Apache-2.0

package boot

// Scope is what a token lets its bearer do for one machine.
type Scope uint8

// The scopes.
const (
	ScopeFiles  Scope = iota // fetch files of the machine, secrets among them
	ScopeReport              // tell how it goes
	ScopeDone                // say that it is done, or has failed
)

// String gives the word for logs and programs.
func (s Scope) String() string { return [...]string{"files", "report", "done"}[s] }

// Tokens gives the tokens of one attempt to install one machine. They belong to the attempt, not to a file: the same file that is
// rendered twice holds the same addresses.
type Tokens interface {
	// Key names the attempt. Equal keys mean equal tokens; it is no secret.
	Key() string
	// Token gives the token of a scope, as it stands in a URL.
	Token(Scope) string
}

// NoToken stands in addresses where nobody counts attempts: what render and explain show, and what a machine gets that is not being
// installed. It opens nothing.
const NoToken = "TOKEN"

// Token gives the token of a scope for the machine of the visit.
func (v Visit) Token(s Scope) string {
	if v.Tokens == nil {
		return NoToken
	}
	return v.Tokens.Token(s)
}
