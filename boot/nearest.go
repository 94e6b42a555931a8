// SPDX-License-Identifier: Apache-2.0

package boot

import (
	"fmt"
	"strings"
)

// Hint says what was expected instead of a name that does not exist: the nearest of those that do, or a few of them.
func Hint(name string, names []string) string {
	begun := beginning(name, names)
	switch near := Nearest(name, names); {
	case near != "":
		return fmt.Sprintf("did you mean %s?", near)
	case len(names) == 0:
		return "expected none, for there are none"
	case len(begun) > 12:
		return fmt.Sprintf("expected one of %s, … (%d begin like that)", strings.Join(begun[:12], ", "), len(begun))
	case len(begun) > 0:
		return "did you mean one of " + strings.Join(begun, ", ") + "?"
	case len(names) > 12:
		return fmt.Sprintf("expected one of %s, … (%d in all)", strings.Join(names[:12], ", "), len(names))
	default:
		return "expected one of " + strings.Join(names, ", ")
	}
}

// beginning gives the names that continue what was typed.
func beginning(name string, names []string) (begun []string) {
	for _, n := range names {
		if name != "" && strings.HasPrefix(n, name) {
			begun = append(begun, n)
		}
	}
	return begun
}

// Nearest gives the name that takes the fewest edits to come to, if they are few enough to be a slip of the hand; else "".
func Nearest(name string, names []string) string {
	best, limit := "", max(1, len(name)/3)+1
	for _, n := range names {
		if d := distance(strings.ToLower(name), strings.ToLower(n), limit); d < limit {
			best, limit = n, d
		}
	}
	return best
}

// distance counts the insertions, deletions, replacements and swaps of neighbours between two texts; at least limit if it
// is that or more.
func distance(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	before, prev, cur := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				cur[j] = min(cur[j], before[j-2]+1)
			}
		}
		before, prev, cur = prev, cur, before
	}
	return prev[len(b)]
}
