// SPDX-License-Identifier: Apache-2.0

package tftpd

import "sort"

// Histogram counts values by size.
type Histogram struct {
	Bounds []float64 // upper bounds of the buckets, in order; what is larger is in none of them
	Counts []uint64  // values up to and including each bound
	Count  uint64    // all values
	Sum    float64
}

// observe counts one value.
func (h *Histogram) observe(v float64) {
	for i := sort.SearchFloat64s(h.Bounds, v); i < len(h.Counts); i++ {
		h.Counts[i]++
	}
	h.Count++
	h.Sum += v
}

// clone gives a copy that nobody else changes.
func (h *Histogram) clone() Histogram {
	c := *h
	c.Counts = append([]uint64(nil), h.Counts...)
	return c
}

// exponential makes a histogram whose n bounds begin with first and grow by factor.
func exponential(first, factor float64, n int) Histogram {
	h := Histogram{Bounds: make([]float64, n), Counts: make([]uint64, n)}
	for i := range h.Bounds {
		h.Bounds[i] = first
		first *= factor
	}
	return h
}
