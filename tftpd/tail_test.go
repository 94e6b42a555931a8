// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"bytes"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bootlace-net/bootlace/internal/simnet"
)

// TestLossTail: what loss costs at a round trip of 1 ms, to the middle and to the unluckiest of 60 machines that fetch 178
// windows each; without loss all take 180 ms. The clock is virtual and the dice are seeded.
func TestLossTail(t *testing.T) {
	const ms = time.Millisecond
	tests := []struct {
		window        int
		drop          float64
		middle, worst time.Duration
	}{
		{0, 0, 181 * ms, 181 * ms},
		{0, .001, 190 * ms, 216 * ms},
		{0, .01, 270 * ms, 900 * ms}, // who loses the request and the first reply waits for timers twice
		{0, .03, 400 * ms, 2000 * ms},
		{4, .001, 190 * ms, 216 * ms},
		{4, .01, 270 * ms, 900 * ms},
		{16, 0, 181 * ms, 181 * ms},
		{16, .001, 190 * ms, 216 * ms},
		{16, .01, 270 * ms, 900 * ms},
		{16, .03, 800 * ms, 4000 * ms}, // four of ten windows are cut
		{64, .01, 450 * ms, 1200 * ms}, // half of them
	}
	for _, tt := range tests {
		t.Run(fmt.Sprintf("window %d, %v lost", tt.window, tt.drop), func(t *testing.T) {
			m := model{block: 1468, window: tt.window, request: 250 * ms, reack: 250 * ms, stray: "once"}
			synctest.Test(t, func(t *testing.T) {
				took := lossy(t, m, tt.drop)
				slices.Sort(took)
				if middle, worst := took[len(took)/2], took[len(took)-1]; middle > tt.middle || worst > tt.worst {
					t.Errorf("took %v in the middle and %v at worst, want %v and %v", middle, worst, tt.middle, tt.worst)
				}
			})
		})
	}
}

// lossy has 60 machines fetch a file and gives the time each took.
func lossy(t *testing.T, m model, drop float64) []time.Duration {
	want := pattern(int64(max(m.window, 1) * 178 * 1468))
	w := newWorld(t, func(w *world) {
		w.net = simnet.New(7)
		w.net.Latency, w.net.Chance = 500*time.Microsecond, simnet.Chance{Drop: drop}
		w.server.network = simulated{w.net.At(serverAddr + "/16")}
		w.served.files["a"] = memory(want)
	})
	defer w.stop()
	took := make([]time.Duration, 60)
	var wg sync.WaitGroup
	for i := range took {
		wg.Go(func() {
			w.server.knows(t, fmt.Sprintf("10.0.3.%d", i+1))
			got, d, err := m.clock(w, fmt.Sprintf("10.0.3.%d:1000", i+1), "a")
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("machine %d: %d bytes, %v", i, len(got), err)
			}
			took[i] = d
		})
	}
	wg.Wait()
	return took
}
