// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pin/tftp/v3"

	"github.com/bootlace-net/bootlace/tftpd/internal/proto"
)

// TestSoak lets honest and hostile clients at one server for BOOTLACE_SOAK (default 3 s): the honest ones get their files, byte for
// byte, memory and goroutines stay flat, and at the end nothing is left.
func TestSoak(t *testing.T) {
	length := 3 * time.Second
	if text := os.Getenv("BOOTLACE_SOAK"); text != "" {
		d, err := time.ParseDuration(text)
		if err != nil {
			t.Fatal(err)
		}
		length = d
	}
	files := map[string]string{"small": string(pattern(700)), "big": string(pattern(300_000)), "empty": ""}
	stored := newMemoryStore()
	srv := loopbackServer(t, files, func(s *Server) {
		s.Storer, s.Silence, s.Pin = stored, 5*time.Second, time.Second
	})
	addr := srv.LocalAddrs()[0]
	ctx, cancel := context.WithTimeout(context.Background(), length)
	defer cancel()
	var wg sync.WaitGroup
	var fetched, sent atomic.Int64
	for i := range 6 {
		wg.Go(func() { honest(ctx, t, addr, i, files, &fetched) })
	}
	for i := range hostiles {
		wg.Go(func() { sent.Add(hostiles[i](ctx, t, addr)) })
	}
	wait := func(d time.Duration) {
		select {
		case <-ctx.Done():
		case <-time.After(d):
		}
	}
	wait(length / 4) // pools and maps have their size by then
	before := measure()
	wait(length)
	wg.Wait()
	after := measure()
	t.Logf("%d files fetched beside %d hostile packets; %v, then %v", fetched.Load(), sent.Load(), before, after)
	if fetched.Load() == 0 || sent.Load() == 0 {
		t.Error("nothing was tested")
	}
	if after.goroutines > before.goroutines+80 || after.heap > before.heap+64<<20 {
		t.Errorf("it grew from %v to %v", before, after)
	}
	for i := 0; srv.index.running() > 0 && i < 300; i++ {
		time.Sleep(100 * time.Millisecond)
	}
	if n := srv.index.running(); n > 0 {
		t.Errorf("%d requests still run when all clients are gone", n)
	}
	if n := stored.unfinished(); n > 0 {
		t.Errorf("%d uploads are neither kept nor given up", n)
	}
}

type measured struct {
	goroutines int
	heap       uint64
}

func (m measured) String() string {
	return fmt.Sprintf("%d goroutines and %.1f MiB", m.goroutines, float64(m.heap)/(1<<20))
}

func measure() measured {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return measured{runtime.NumGoroutine(), m.HeapAlloc}
}

// honest fetches files one after another, and puts one now and then. Like firmware it tries again a few times.
func honest(ctx context.Context, t *testing.T, addr netip.AddrPort, who int, files map[string]string, fetched *atomic.Int64) {
	for n := 0; ctx.Err() == nil; n++ {
		for name, want := range files {
			insist(t, name, func() error {
				got, err := fetchPin(addr, name, []int{512, 1024, 1468}[n%3])
				if err == nil && got != want {
					t.Errorf("%s: %d bytes, want %d", name, len(got), len(want))
				}
				return err
			})
			fetched.Add(1)
		}
		if n%50 == 0 {
			insist(t, "put", func() error {
				return putPin(addr, fmt.Sprintf("put-%d-%d-%d", who, n, time.Now().UnixNano()), files["small"])
			})
		}
	}
}

func insist(t *testing.T, what string, try func() error) {
	err := try()
	for i := 0; err != nil && i < 4; i++ {
		err = try()
	}
	if err != nil {
		t.Errorf("%s: %v", what, err)
	}
}

func pinClient(addr netip.AddrPort) (*tftp.Client, error) {
	c, err := tftp.NewClient(addr.String())
	if err == nil {
		c.SetTimeout(time.Second)
		c.SetRetries(30)
	}
	return c, err
}

func fetchPin(addr netip.AddrPort, name string, block int) (string, error) {
	c, err := pinClient(addr)
	if err != nil {
		return "", err
	}
	c.SetBlockSize(block)
	from, err := c.Receive(name, "octet")
	if err != nil {
		return "", err
	}
	var got bytes.Buffer
	_, err = from.WriteTo(&got)
	return got.String(), err
}

func putPin(addr netip.AddrPort, name, text string) error {
	c, err := pinClient(addr)
	if err != nil {
		return err
	}
	to, err := c.Send(name, "octet")
	if err != nil {
		return err
	}
	_, err = to.ReadFrom(bytes.NewReader([]byte(text)))
	return err
}

// hostiles send until ctx ends and give how many packets they sent. Each is as fast as one thread with pauses can be: the test is
// about what stays behind, not about who wins the processor.
var hostiles = []func(context.Context, *testing.T, netip.AddrPort) int64{
	// requests that nobody answers, from ever other ports
	func(ctx context.Context, t *testing.T, a netip.AddrPort) int64 {
		seeds := requestSeeds(t)
		return flood(ctx, t, 64, func(r *rand.Rand, _ netip.AddrPort) (netip.AddrPort, []byte) {
			return a, seeds[r.IntN(len(seeds))]
		})
	},
	// one ACK per answer, then silence; uploads that never end
	func(ctx context.Context, t *testing.T, a netip.AddrPort) int64 {
		return flood(ctx, t, 32, func(r *rand.Rand, tid netip.AddrPort) (netip.AddrPort, []byte) {
			if !tid.IsValid() || r.IntN(4) == 0 {
				return a, append([]byte{0, byte(proto.OpRRQ + r.IntN(2))}, options([]string{"big=octet", "windowsize=64", "blksize=512"})...)
			}
			return tid, [][]byte{{0, proto.OpACK, 0, byte(r.IntN(3))}, append([]byte{0, proto.OpDATA, 0, 1}, make([]byte, 512)...)}[r.IntN(2)]
		})
	},
	// noise: any opcode, any length, to requests and transfers
	func(ctx context.Context, t *testing.T, a netip.AddrPort) int64 {
		return flood(ctx, t, 16, func(r *rand.Rand, tid netip.AddrPort) (netip.AddrPort, []byte) {
			b := make([]byte, []int{0, 1, 3, 4, 100, 1500, 60_000}[r.IntN(7)])
			for i := range b {
				b[i] = byte(r.Uint32())
			}
			if len(b) > 1 {
				b[0], b[1] = 0, byte(r.IntN(8))
			}
			if !tid.IsValid() || r.IntN(2) == 0 {
				tid = a
			}
			return tid, b
		})
	},
}

// flood sends what next gives from a few sockets, which it changes every now and then, and passes on where answers came from.
func flood(ctx context.Context, t *testing.T, sockets int, next func(*rand.Rand, netip.AddrPort) (netip.AddrPort, []byte)) (sent int64) {
	r := rand.New(rand.NewPCG(1, uint64(sockets)))
	conns, tids := make([]*net.UDPConn, sockets), make([]netip.AddrPort, sockets)
	defer func() {
		for _, c := range conns {
			if c != nil {
				c.Close()
			}
		}
	}()
	b := make([]byte, 2048)
	for ctx.Err() == nil {
		i := r.IntN(sockets)
		if conns[i] == nil || r.IntN(100) == 0 {
			if conns[i] != nil {
				conns[i].Close()
			}
			c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, byte(2+r.IntN(200)))})
			if err != nil {
				t.Error(err)
				return sent
			}
			conns[i], tids[i] = c, netip.AddrPort{}
		}
		time.Sleep(time.Millisecond)
		to, packet := next(r, tids[i])
		if _, err := conns[i].WriteToUDPAddrPort(packet, to); err == nil {
			sent++
		}
		conns[i].SetReadDeadline(time.Now().Add(200 * time.Microsecond))
		if _, from, err := conns[i].ReadFromUDPAddrPort(b); err == nil {
			tids[i] = netip.AddrPortFrom(from.Addr().Unmap(), from.Port())
		}
	}
	return sent
}
