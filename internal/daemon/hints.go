// SPDX-License-Identifier: Apache-2.0

package daemon

// SystemError is a refusal of the system, with the fix in the same line.
type SystemError struct {
	What string // "tftp"; "" where Err says it
	Err  error
	Fix  string // "" where Err has it
}

// Error gives one line.
func (e *SystemError) Error() string {
	s := e.Err.Error()
	if e.What != "" {
		s = e.What + ": " + s
	}
	if e.Fix != "" {
		s += ": " + e.Fix
	}
	return s
}

// Unwrap gives what the system said.
func (e *SystemError) Unwrap() error { return e.Err }
