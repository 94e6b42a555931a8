// SPDX-License-Identifier: Apache-2.0

package stat

import (
	"cmp"
	"slices"
)

// Median returns the middle value (the lower of the two middle ones), or the zero value for no values. Rounds on a busy machine
// have outliers in one direction; a mean would report them.
func Median[T cmp.Ordered](values []T) T {
	var zero T
	if len(values) == 0 {
		return zero
	}
	s := slices.Sorted(slices.Values(values))
	return s[(len(s)-1)/2]
}

// Spread returns (greatest - least) / median, a plain measure of how far rounds disagree; 0 for fewer than two values.
func Spread(values []float64) float64 {
	m := Median(values)
	if len(values) < 2 || m == 0 {
		return 0
	}
	return (slices.Max(values) - slices.Min(values)) / m
}
