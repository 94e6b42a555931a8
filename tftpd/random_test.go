// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bootlace-net/bootlace/internal/simnet"
	"github.com/bootlace-net/bootlace/tftpd/internal/proto"
)

// tally counts the DATA packets a server sent to each client, per block.
type tally struct {
	mu     sync.Mutex
	blocks map[netip.AddrPort]map[uint16]int
	total  map[netip.AddrPort]int
	late   int // OACKs after the first DATA
}

func newTally() *tally {
	return &tally{blocks: map[netip.AddrPort]map[uint16]int{}, total: map[netip.AddrPort]int{}}
}

func (y *tally) tap(p simnet.Packet) {
	if p.From.Addr().String() != serverAddr {
		return
	}
	y.mu.Lock()
	defer y.mu.Unlock()
	y.total[p.To]++
	if proto.Opcode(p.Data) == proto.OpOACK && y.blocks[p.To] != nil {
		y.late++ // GRUB starts over
	}
	if proto.Opcode(p.Data) == proto.OpDATA {
		if y.blocks[p.To] == nil {
			y.blocks[p.To] = map[uint16]int{}
		}
		y.blocks[p.To][binary.BigEndian.Uint16(p.Data[2:])]++
	}
}

// weathers are kinds of networks. None is worse than clients are built for: each packet has a fair chance.
var weathers = []struct {
	name   string
	chance simnet.Chance
	excess int // DATA packets allowed per block
}{
	{"calm", simnet.Chance{}, 1},
	{"duplicates", simnet.Chance{Duplicate: .3, Jitter: time.Millisecond}, 4},
	{"everything twice", simnet.Chance{Duplicate: 1}, 3},
	{"reordered", simnet.Chance{Reorder: .2, Jitter: 2 * time.Millisecond}, 8},
	{"loss 1 %", simnet.Chance{Drop: .01}, 4},
	{"loss 20 %", simnet.Chance{Drop: .2}, 20},
	{"all at once", simnet.Chance{Drop: .05, Duplicate: .05, Reorder: .1, Jitter: 3 * time.Millisecond}, 12},
}

// TestRandomSchedules runs every model through every weather, with thousands of seeds in all: whatever the network does, the bytes are right, it
// ends, the server sends a bounded number of packets, and duplicates never multiply (RFC 1123 section 4.2.3.1).
func TestRandomSchedules(t *testing.T) {
	rounds := testRounds(t)
	if rounds < 1 || len(weathers) == 0 || len(models) < perSchedule {
		t.Fatalf("nothing to run: %d seeds, %d weathers, %d models", rounds, len(weathers), len(models))
	}
	for _, weather := range weathers {
		t.Run(weather.name, func(t *testing.T) {
			t.Parallel()
			fetched := 0
			for seed := range rounds {
				synctest.Test(t, func(t *testing.T) { fetched += schedule(t, uint64(seed), weather.chance, weather.excess) })
			}
			if fetched < rounds {
				t.Errorf("%d seeds made only %d transfers", rounds, fetched)
			}
		})
	}
}

// perSchedule is how many models meet in one schedule. Which ones changes with the seed.
const perSchedule = 2

// schedule runs some models through one weather and says how many fetched.
func schedule(t *testing.T, seed uint64, chance simnet.Chance, excess int) (fetched int) {
	rng := rand.New(rand.NewPCG(seed, 1))
	count := newTally()
	w := newWorld(t, func(w *world) {
		w.net = simnet.New(seed)
		w.net.Latency, w.net.Chance, w.net.Tap = 100*time.Microsecond, chance, count.tap
		w.server.network = simulated{w.net.At(serverAddr + "/16")}
		w.server.MinBlock, w.server.SinglePort = 8, seed%3 == 0
	})
	defer w.stop()
	var wg sync.WaitGroup
	for k := range perSchedule {
		i := (int(seed)*perSchedule + k) % len(models)
		m := models[i]
		if chance.Drop >= .05 && m.reack == 0 {
			continue // says nothing twice: when three answers in a row are lost it is lost itself
		}
		size := rng.Int64N(int64(max(m.block, 512)) * 60)
		if rng.IntN(4) == 0 {
			size -= size % int64(max(m.block, 512))
		}
		name, addr := fmt.Sprintf("f%d", i), fmt.Sprintf("10.0.2.%d:2000", i+1)
		want := pattern(size)
		w.served.files[name] = memory(want)
		fetched++
		wg.Go(func() {
			got, err := m.fetch(w, addr, name)
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("seed %d: %s, %d bytes: got %d bytes, equal %v, %v", seed, m.name, size, len(got), bytes.Equal(got, want), err)
			}
			count.check(t, seed, m, netip.MustParseAddrPort(addr), size, chance, excess)
		})
	}
	wg.Wait()
	time.Sleep(2 * time.Minute)
	synctest.Wait()
	if got := w.server.index.running(); got != 0 {
		t.Errorf("%d transfers never ended", got)
	}
	for _, l := range w.server.lanes {
		transfers := 0
		for _, p := range l.ports {
			if p != nil {
				transfers += len(p.table)
			}
		}
		if transfers != 0 || l.wheel.count != 0 {
			t.Errorf("a lane keeps %d transfers and %d timers", transfers, l.wheel.count)
		}
	}
	return fetched
}

func (y *tally) check(t *testing.T, seed uint64, m model, addr netip.AddrPort, size int64, chance simnet.Chance, excess int) {
	y.mu.Lock()
	defer y.mu.Unlock()
	block := int64(512)
	if m.block > 0 {
		block = int64(m.block)
	}
	blocks := int(size/block) + 1
	if y.late > 0 && chance.Duplicate == 0 { // a copy of the request may arrive after the end
		t.Errorf("%d OACKs were sent after DATA", y.late)
	}
	if y.total[addr] > excess*blocks+60+10*m.window {
		t.Errorf("seed %d: %s: %d packets for %d blocks", seed, m.name, y.total[addr], blocks)
	}
	if chance.Drop > 0 || chance.Reorder > 0 || m.window > 0 {
		return
	}
	for n, sent := range y.blocks[addr] {
		if n == 1 && chance.Duplicate > 0 && sent <= 4 {
			continue // a copy of the request that arrives after the end is a new request: one reply, two repeats
		}
		if sent != 1 {
			t.Errorf("%s: block %d was sent %d times, though nothing was lost", m.name, n, sent)
		}
	}
}

// testRounds is how many seeds each weather gets; BOOTLACE_SEEDS asks for more.
func testRounds(t *testing.T) int {
	asked := os.Getenv("BOOTLACE_SEEDS")
	if asked == "" {
		if testing.Short() {
			return 30
		}
		return 300
	}
	n, err := strconv.Atoi(asked)
	if err != nil {
		t.Fatal("BOOTLACE_SEEDS:", err)
	}
	return n
}
