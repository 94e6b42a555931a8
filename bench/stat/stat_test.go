// SPDX-License-Identifier: Apache-2.0

package stat

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

func TestBucketBounds(t *testing.T) {
	for _, v := range []uint64{0, 1, 63, 64, 65, 127, 128, 129, 1 << 20, 1<<20 + 12345, 1 << 40, 1<<62 + 7} {
		i := bucket(v)
		if lo := lowest(i); lo > v {
			t.Errorf("value %d in bucket %d which begins at %d", v, i, lo)
		}
		if hi := lowest(i + 1); hi <= v {
			t.Errorf("value %d in bucket %d whose successor begins at %d", v, i, hi)
		}
	}
}

func TestBucketMonotonic(t *testing.T) {
	for i := range buckets - 1 {
		if lowest(i) >= lowest(i+1) {
			t.Fatalf("bucket %d begins at %d, its successor at %d", i, lowest(i), lowest(i+1))
		}
		if got := bucket(lowest(i)); got != i {
			t.Fatalf("lowest value of bucket %d falls into %d", i, got)
		}
	}
}

func TestQuantileAgainstSort(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var h Histogram
	values := make([]time.Duration, 20000)
	for i := range values {
		values[i] = time.Duration(rng.ExpFloat64() * float64(time.Millisecond))
		h.Add(values[i])
	}
	slices.Sort(values)
	for _, q := range []float64{0, 0.01, 0.5, 0.9, 0.99, 0.999, 1} {
		want := values[min(int(q*float64(len(values))), len(values)-1)]
		got := h.Quantile(q)
		if diff := float64(got-want) / float64(want+1); diff > 0.017 || diff < -0.017 {
			t.Errorf("quantile %v = %v, sorted values say %v", q, got, want)
		}
	}
	if h.Max() != values[len(values)-1] || h.Count() != uint64(len(values)) {
		t.Errorf("max %v count %d, want %v and %d", h.Max(), h.Count(), values[len(values)-1], len(values))
	}
}

func TestMergeEqualsOne(t *testing.T) {
	var one, a, b Histogram
	for i := range 1000 {
		d := time.Duration(i*i) * time.Microsecond
		one.Add(d)
		if i%3 == 0 {
			a.Add(d)
		} else {
			b.Add(d)
		}
	}
	a.Merge(&b)
	if a != one {
		t.Error("merged histograms differ from one that saw everything")
	}
}

func TestEmptyAndNegative(t *testing.T) {
	var h Histogram
	if h.Quantile(0.5) != 0 {
		t.Error("an empty histogram has quantile 0")
	}
	h.Add(-time.Second)
	if h.Quantile(1) != 0 || h.Count() != 1 {
		t.Error("a negative duration counts as 0")
	}
}

func TestMedianSpread(t *testing.T) {
	for _, c := range []struct {
		in     []float64
		median float64
		spread float64
	}{
		{nil, 0, 0}, {[]float64{3}, 3, 0}, {[]float64{9, 1, 5}, 5, 1.6}, {[]float64{4, 2, 8, 6}, 4, 1.5},
	} {
		if got := Median(c.in); got != c.median {
			t.Errorf("Median(%v) = %v, want %v", c.in, got, c.median)
		}
		if got := Spread(c.in); got != c.spread {
			t.Errorf("Spread(%v) = %v, want %v", c.in, got, c.spread)
		}
	}
}
