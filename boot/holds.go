// SPDX-License-Identifier: Apache-2.0

package boot

// Holds says what a rendered file holds that is for its machine alone.
type Holds uint8

// What it may hold, each a bit.
const (
	HoldsSecret Holds = 1 << iota // a secret of the operator's
	HoldsToken                    // an address that a token opens
)

// HoldsOf says what a file holds that is for its machine alone; nothing, if it was not rendered.
func HoldsOf(f File) Holds {
	if m, ok := f.(*MemFile); ok {
		return m.Holds
	}
	return 0
}
