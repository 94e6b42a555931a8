// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bootlace-net/bootlace/internal/simnet"
	"github.com/bootlace-net/bootlace/internal/udp"
	"github.com/bootlace-net/bootlace/tftpd/internal/proto"
)

// move is one packet of somebody who forges a victim's address and sees nothing of what comes of it.
type move struct {
	kind  string // RRQ, WRQ, ACK, ERROR
	n     uint16 // of an ACK
	pause time.Duration
	port  uint16 // of the victim, one of three
	text  string // of a request: mode and options
}

func (m move) packet() []byte {
	switch m.kind {
	case "RRQ", "WRQ":
		op := map[string]byte{"RRQ": proto.OpRRQ, "WRQ": proto.OpWRQ}[m.kind]
		return append([]byte{0, op}, options(append([]string{"a=octet"}, strings.Fields(m.text)...))...)
	case "ACK":
		return proto.AppendAck(nil, int64(m.n))
	default:
		return []byte{0, proto.OpERROR, 0, byte(m.n), 0}
	}
}

func (m move) String() string {
	what := map[string]string{"RRQ": m.text, "WRQ": m.text, "ACK": fmt.Sprint(m.n), "ERROR": fmt.Sprint(m.n)}[m.kind]
	return fmt.Sprintf("%s %s (%d, +%v)", m.kind, what, m.port, m.pause)
}

// attack is what happens at a server that an attack meets.
type attack struct {
	single bool
	asks   []string // what requests may look like
	// guesses is among how many ports the right one for a packet to a transfer has to be guessed: the attacker sends as many copies.
	guesses int
}

// yield plays the moves and gives how many bytes came to the victim for each that the attacker sent. Where ports have to be guessed, one
// copy of each packet is right; it is the only one that is played, the others are only paid for.
func (a attack) yield(t *testing.T, moves []move) (factor float64) {
	synctest.Test(t, func(t *testing.T) {
		victim := netip.MustParseAddr("10.0.2.1")
		var mu sync.Mutex
		drawn, tids := 0, map[uint16]netip.AddrPort{}
		w := newWorld(t, func(w *world) {
			w.server.SinglePort = a.single
			w.served.files["a"], w.server.Storer = memory(pattern(1<<20)), newMemoryStore()
			w.net.Tap = func(p simnet.Packet) {
				if p.To.Addr() != victim {
					return
				}
				mu.Lock()
				defer mu.Unlock()
				drawn += len(p.Data)
				if op := proto.Opcode(p.Data); op != proto.OpERROR {
					tids[p.To.Port()] = p.From
				}
			}
		})
		defer w.stop()
		var conns [3]*simnet.Conn
		for i := range conns {
			conns[i] = w.socket(netip.AddrPortFrom(victim, uint16(2000+i)).String())
			defer conns[i].Close()
		}
		paid := 0
		for _, m := range moves {
			time.Sleep(m.pause)
			to, copies := netip.MustParseAddrPort(serverAddr+":69"), 1
			if m.kind == "ACK" || m.kind == "ERROR" {
				copies = a.guesses
				mu.Lock()
				if tid, ok := tids[2000+m.port]; ok {
					to = tid
				}
				mu.Unlock()
			}
			b := m.packet()
			paid += copies * len(b)
			conns[m.port].Send([]udp.Outgoing{{Remote: to, Bufs: [][]byte{b}}})
		}
		time.Sleep(90 * time.Second)
		mu.Lock()
		defer mu.Unlock()
		factor = float64(drawn) / float64(paid)
	})
	return factor
}

// worst searches for the attack that draws most, by changing what drew most so far.
func (a attack) worst(t *testing.T, rounds int) (moves []move, factor float64) {
	rng := rand.New(rand.NewPCG(1, uint64(len(a.asks))))
	type tried struct {
		moves  []move
		factor float64
	}
	var best []tried
	for _, seed := range a.seeds() {
		best = append(best, tried{seed, a.yield(t, seed)})
	}
	for range rounds {
		slices.SortFunc(best, func(x, y tried) int {
			if x.factor > y.factor {
				return -1
			}
			return 1
		})
		best = best[:min(len(best), 12)]
		child := a.change(rng, best[rng.IntN(len(best))].moves, best[rng.IntN(len(best))].moves)
		best = append(best, tried{child, a.yield(t, child)})
	}
	top := slices.MaxFunc(best, func(x, y tried) int { return int(1000 * (x.factor - y.factor)) })
	return top.moves, top.factor
}

// seeds are the attacks that are known.
func (a attack) seeds() [][]move {
	var seeds [][]move
	for _, ask := range a.asks {
		rrq := move{kind: "RRQ", text: ask}
		ack := func(n, step int, pause time.Duration) (moves []move) {
			for i := range n {
				moves = append(moves, move{kind: "ACK", n: uint16(i * step), pause: pause})
			}
			return moves
		}
		seeds = append(seeds, []move{rrq}, append([]move{rrq}, ack(1, 1, time.Millisecond)...), append([]move{rrq}, ack(30, 1, 20*time.Millisecond)...),
			append([]move{rrq}, ack(10, 6, 20*time.Millisecond)...), append([]move{rrq}, ack(10, 64, 20*time.Millisecond)...),
			append([]move{rrq}, ack(20, 0, time.Second)...), []move{rrq, {kind: "ERROR", pause: time.Millisecond}, rrq, rrq})
	}
	return seeds
}

// change makes another attack of two.
func (a attack) change(rng *rand.Rand, one, other []move) []move {
	moves := append(slices.Clone(one[:rng.IntN(len(one)+1)]), other[rng.IntN(len(other)):]...)
	for range 1 + rng.IntN(4) {
		m := move{
			kind: []string{"RRQ", "ACK", "ACK", "ACK", "ERROR", "WRQ"}[rng.IntN(6)], n: uint16(rng.IntN(20)), port: uint16(rng.IntN(3)),
			text:  a.asks[rng.IntN(len(a.asks))],
			pause: []time.Duration{0, time.Millisecond, 30 * time.Millisecond, 300 * time.Millisecond, 5 * time.Second}[rng.IntN(5)],
		}
		switch i := rng.IntN(len(moves) + 1); {
		case i == len(moves) || rng.IntN(3) == 0:
			moves = slices.Insert(moves, i, m)
		case rng.IntN(3) == 0 && len(moves) > 1:
			moves = slices.Delete(moves, i, i+1)
		default:
			moves[i].pause, moves[i].n = m.pause, moves[i].n+uint16(rng.IntN(7))
		}
	}
	return moves[:min(len(moves), 60)]
}

// TestAmplification searches for what a forger can make the server send to a victim for each byte of his own, without seeing any
// of it: at most 155 bytes by requests without options, and at most 8 by those with options.
func TestAmplification(t *testing.T) {
	plain, asked := []string{""}, []string{"blksize=1468 windowsize=64", "blksize=1468", "tsize=0", "windowsize=16"}
	const ephemeral = 60999 - 32768 + 1 // ports of Linux
	for _, tt := range []struct {
		name string
		attack
		most float64
	}{
		{"without options", attack{asks: plain, guesses: ephemeral}, 155},
		{"with options", attack{asks: asked, guesses: ephemeral}, 8},
		{"single port, without options", attack{single: true, asks: plain, guesses: 1}, 155},
		// An ACK of four bytes cannot be told from a client's, and draws the block that was agreed, and a fifth of a repeat.
		{"single port, with options", attack{single: true, asks: asked, guesses: 1}, 1.2 * 1472 / 4},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rounds := 400
			if testing.Short() {
				rounds = 60
			}
			moves, factor := tt.worst(t, rounds)
			t.Logf("at worst x%.1f, by %v", factor, moves)
			if factor > tt.most || factor == 0 {
				t.Errorf("x%.1f, want at most %v", factor, tt.most)
			}
		})
	}
}
