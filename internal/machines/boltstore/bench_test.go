// SPDX-License-Identifier: Apache-2.0

package boltstore

import (
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"
)

// BenchmarkSwap is one durable change: alone, and with 64 who wait at the same time, which the writer takes together.
func BenchmarkSwap(b *testing.B) {
	for _, at := range []int{1, 32} {
		b.Run(fmt.Sprintf("%d at once", at*2), func(b *testing.B) {
			d, err := Open(filepath.Join(b.TempDir(), File))
			if err != nil {
				b.Fatal(err)
			}
			defer func() { _ = d.Close() }()
			value := make([]byte, 1000)
			var next atomic.Int64
			b.SetParallelism(at)
			b.RunParallel(func(pb *testing.PB) {
				key, rev := fmt.Sprint("host/node", next.Add(1)), uint64(0)
				for pb.Next() {
					var err error
					if rev, err = d.Swap(key, rev, value); err != nil {
						b.Error(err)
						return
					}
				}
			})
		})
	}
}
