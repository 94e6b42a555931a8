// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bootlace-net/bootlace/internal/simnet"
	"github.com/bootlace-net/bootlace/internal/udp"
	"github.com/bootlace-net/bootlace/tftpd/internal/proto"
)

// TestHeavyLoss: where every third packet is lost and more, whoever repeats itself gets its file, and the round trip of 0.2 ms is not
// mixed up with what clients wait before they repeat an ACK.
func TestHeavyLoss(t *testing.T) {
	for _, drop := range []float64{.25, .35, .45} {
		t.Run(fmt.Sprintf("%.0f %%", 100*drop), func(t *testing.T) {
			rounds := max(testRounds(t)/10, 3)
			for seed := range rounds {
				synctest.Test(t, func(t *testing.T) { heavy(t, uint64(seed), drop) })
			}
		})
	}
}

func heavy(t *testing.T, seed uint64, drop float64) {
	w := newWorld(t, func(w *world) {
		w.net = simnet.New(seed)
		w.net.Latency, w.net.Chance = 100*time.Microsecond, simnet.Chance{Drop: drop}
		w.server.network = simulated{w.net.At(serverAddr + "/16")}
		w.server.SinglePort = seed%3 == 0 && drop < .4 // what may be repeated by a known port is too little there
	})
	defer w.stop()
	want := pattern(100_000)
	w.served.files["a"] = memory(want)
	var wg sync.WaitGroup
	for i, m := range models {
		if m.reack == 0 || m.window > 1 && m.stray == "previous" {
			continue // says nothing twice, or nothing of gaps: where so much is lost it is lost itself
		}
		wg.Go(func() {
			began := time.Now()
			got, err := m.fetch(w, fmt.Sprintf("10.0.2.%d:2000", i+1), "a")
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("seed %d: %s: got %d bytes after %v, %v", seed, m.name, len(got), time.Since(began), err)
			}
		})
	}
	wg.Wait()
	for _, f := range told[Finished](w) {
		if f.WindowSize == 1 && f.RTT > 50*time.Millisecond { // of windows few arrive whole
			t.Errorf("seed %d: %v: RTT %v", seed, f.Request.Remote, f.RTT)
		}
	}
}

// TestSlowClients: who takes much longer for a block now and then, as hundreds on few processors do, is not sent blocks twice for long.
func TestSlowClients(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, func(w *world) { w.served.files["a"] = memory(pattern(512 * 2000)) })
		defer w.stop()
		needless := 0
		var mu sync.Mutex
		var wg sync.WaitGroup
		for i := range 50 {
			wg.Go(func() {
				n := slowly(w, fmt.Sprintf("10.0.2.%d:2000", i+1), rand.New(rand.NewPCG(1, uint64(i))))
				mu.Lock()
				defer mu.Unlock()
				needless += n
			})
		}
		wg.Wait()
		if needless > 400 {
			t.Errorf("%d of 100000 DATA were needless", needless)
		}
	})
}

// slowly fetches a, and gives how many blocks came twice.
func slowly(w *world, from string, rng *rand.Rand) (twice int) {
	c := w.socket(from)
	defer c.Close()
	tid, in := w.asks(c), []udp.Incoming{{Buf: make([]byte, 600)}}
	for next := int64(1); next <= 2001; {
		switch {
		case rng.IntN(50) == 0:
			time.Sleep(time.Duration(rng.IntN(30)) * time.Millisecond)
		default:
			time.Sleep(time.Duration(rng.IntN(2000)) * time.Microsecond)
		}
		w.sends(c, tid, proto.AppendAck(nil, next))
		for next++; next <= 2001; {
			if _, err := c.Recv(in, 5*time.Second); err != nil {
				w.t.Error(from, err)
				return twice
			}
			if proto.BlockNumber(in[0].Buf) == uint16(next) {
				break
			}
			twice++
			w.sends(c, tid, proto.AppendAck(nil, int64(proto.BlockNumber(in[0].Buf)))) // as GRUB and iPXE do
		}
	}
	return twice
}
