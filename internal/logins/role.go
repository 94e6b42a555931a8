// SPDX-License-Identifier: Apache-2.0

package logins

import "fmt"

// Role is what somebody may do. A higher one may do all that a lower one may.
type Role uint8

// The roles.
const (
	Nobody  Role = iota // nothing
	Read                // look at everything but secrets
	Operate             // change what machines do next, and switch them
	Admin               // take copies of what is stored, and whatever comes
)

// Roles lists those that can be given.
func Roles() []string { return []string{Read.String(), Operate.String(), Admin.String()} }

// String gives the word that files and commands use.
func (r Role) String() string {
	switch r {
	case Read:
		return "read"
	case Operate:
		return "operate"
	case Admin:
		return "admin"
	case Nobody:
	}
	return "nobody"
}

// ParseRole reads one.
func ParseRole(s string) (Role, error) {
	for r := Read; r <= Admin; r++ {
		if r.String() == s {
			return r, nil
		}
	}
	return Nobody, fmt.Errorf("role %.40q: expected read, operate or admin", s)
}

// MarshalText follows encoding.TextMarshaler.
func (r Role) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText follows encoding.TextUnmarshaler.
func (r *Role) UnmarshalText(b []byte) (err error) {
	*r, err = ParseRole(string(b))
	return err
}
