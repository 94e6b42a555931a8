// SPDX-License-Identifier: Apache-2.0

package boot

import "maps"

// Vars is a tree of values for templates: string, bool, []any or Vars. Scalars keep the text they were written with:
// 0123 and 1e3 are strings.
type Vars map[string]any

// Merge gives a tree in which over wins: maps merge deep, everything else is replaced. Neither operand is changed.
func (v Vars) Merge(over Vars) Vars {
	out := maps.Clone(v)
	if out == nil {
		out = make(Vars, len(over))
	}
	for key, value := range over {
		inner, ok := value.(Vars)
		if base, isMap := out[key].(Vars); ok && isMap {
			value = base.Merge(inner)
		}
		out[key] = value
	}
	return out
}
