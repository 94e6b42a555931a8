// SPDX-License-Identifier: Apache-2.0

package stat

import (
	"math/bits"
	"time"
)

const (
	subBits = 6 // 64 buckets for every doubling: the error of a quantile is below 1/64 of its value
	sub     = 1 << subBits
	buckets = (64 - subBits) * sub
)

// Histogram counts durations from 0 to hours with a relative error below 1.6 %. The zero value is ready; it is not safe for
// concurrent use: every worker fills its own and Merge adds them.
type Histogram struct {
	counts [buckets]uint64
	n      uint64
	max    time.Duration
}

// bucket keeps small values exactly; above, the top subBits+1 bits of the value choose the bucket.
func bucket(v uint64) int {
	if v < sub {
		return int(v)
	}
	e := bits.Len64(v) - subBits - 1
	return (e+1)*sub + int(v>>e) - sub
}

// lowest is the smallest value that falls into bucket i.
func lowest(i int) uint64 {
	if i < 2*sub {
		return uint64(i)
	}
	e := i/sub - 1
	return uint64(i%sub+sub) << e
}

// Add counts one duration; negative ones count as 0.
func (h *Histogram) Add(d time.Duration) {
	d = max(d, 0)
	i := min(bucket(uint64(d)), buckets-1)
	h.counts[i]++
	h.n++
	h.max = max(h.max, d)
}

// Merge adds all of o.
func (h *Histogram) Merge(o *Histogram) {
	for i, c := range o.counts {
		h.counts[i] += c
	}
	h.n += o.n
	h.max = max(h.max, o.max)
}

// Count is the number of durations added.
func (h *Histogram) Count() uint64 { return h.n }

// Max is the greatest duration added, exactly.
func (h *Histogram) Max() time.Duration { return h.max }

// Quantile returns the duration that a share q (0 to 1) of all added ones does not exceed, to the precision of a bucket; 0 if there are none.
func (h *Histogram) Quantile(q float64) time.Duration {
	if h.n == 0 {
		return 0
	}
	rank := min(uint64(q*float64(h.n)), h.n-1)
	var seen uint64
	for i, c := range h.counts {
		seen += c
		if seen > rank {
			return min(time.Duration(lowest(i)), h.max)
		}
	}
	return h.max
}
