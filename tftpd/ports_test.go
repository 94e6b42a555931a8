// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"bytes"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bootlace-net/bootlace/internal/simnet"
	"github.com/bootlace-net/bootlace/internal/udp"
	"github.com/bootlace-net/bootlace/tftpd/internal/proto"
)

// open counts the ports that are open, and the networks they are for.
func (ps *ports) open() (count, networks int) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	return ps.count, len(ps.networks)
}

// asks sends a request and gives the port of ours that answers.
func (w *world) asks(c *simnet.Conn, text ...string) netip.AddrPort {
	w.t.Helper()
	w.sends(c, netip.MustParseAddrPort(serverAddr+":69"), append([]byte{0, proto.OpRRQ}, options(append([]string{"a=octet"}, text...))...))
	in := []udp.Incoming{{Buf: make([]byte, 2048)}}
	if _, err := c.Recv(in, time.Second); err != nil {
		w.t.Fatal(err)
	}
	return in[0].Remote
}

func (w *world) sends(c *simnet.Conn, to netip.AddrPort, b []byte) {
	w.t.Helper()
	if _, err := c.Send([]udp.Outgoing{{Remote: to, Bufs: [][]byte{b}}}); err != nil {
		w.t.Fatal(err)
	}
}

// TestTIDs: every transfer has a port of its own, one after the other and at once, and it is closed soon after the end.
func TestTIDs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, func(w *world) { w.served.files["a"] = memory(pattern(5)) })
		defer w.stop()
		seen := map[uint16]bool{}
		note := func(tid netip.AddrPort) {
			if seen[tid.Port()] {
				t.Errorf("port %d twice", tid.Port())
			}
			seen[tid.Port()] = true
		}
		c := w.socket("10.0.1.1:2000")
		for range 6 { // one after the other
			tid := w.asks(c)
			note(tid)
			w.sends(c, tid, proto.AppendAck(nil, 1))
			time.Sleep(2 * time.Second)
		}
		for i := range alone { // at once
			note(w.asks(w.socket(fmt.Sprintf("10.0.1.%d:2000", i+2))))
		}
		synctest.Wait()
		if n, _ := w.server.listeners[0].ports.open(); n != alone {
			t.Errorf("%d ports are open for %d transfers", n, alone)
		}
		time.Sleep(80 * time.Second) // they have given up
		synctest.Wait()
		if n, networks := w.server.listeners[0].ports.open(); n != 0 || networks != 0 {
			t.Errorf("%d ports of %d networks are left", n, networks)
		}
	})
}

// TestCrowdSharesPorts: in a crowd neighbours share ports, so that packets come in batches, and others never get one of them; nor does
// who asks for windows.
func TestCrowdSharesPorts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, func(w *world) { w.served.files["a"] = memory(pattern(5)) })
		defer w.stop()
		const crowd = 200
		seen := map[uint16]int{}
		for i := range crowd {
			seen[w.asks(w.socket(fmt.Sprintf("10.0.1.%d:2000", i+1))).Port()]++
		}
		if most := alone + shared + crowd/sharing; len(seen) < alone+shared || len(seen) > most {
			t.Errorf("%d transfers have %d ports, want %d to %d", crowd, len(seen), alone+shared, most)
		}
		for i := range 30 {
			if tid := w.asks(w.socket(fmt.Sprintf("10.0.2.%d:2000", i+1))); seen[tid.Port()] > 0 {
				t.Errorf("one of another network got port %d too", tid.Port())
			}
			if tid := w.asks(w.socket(fmt.Sprintf("10.0.1.%d:3000", i+1)), "windowsize=4"); seen[tid.Port()] > 0 {
				t.Errorf("one that asks for windows got port %d too", tid.Port())
			}
		}
	})
}

// scarce is a network that opens only so many more sockets.
type scarce struct {
	network
	left atomic.Int64
}

func (s *scarce) open(cfg udp.Config) (socket, error) {
	if s.left.Add(-1) < 0 {
		return nil, os.NewSyscallError("socket", syscall.EMFILE)
	}
	return s.network.open(cfg)
}

// TestOutOfPorts: when no more sockets can be opened, transfers share one, the operator is told, and when there are some again each has
// its own.
func TestOutOfPorts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		want := pattern(3000)
		var few *scarce
		w := newWorld(t, func(w *world) {
			w.served.files["a"] = memory(want)
			few = &scarce{network: w.server.network}
			few.left.Store(noPorts + 1 + 1)
			w.server.network = few
		})
		defer w.stop()
		fetch := func(addr string) {
			t.Helper()
			if got, err := models[0].fetch(w, addr, "a"); err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s: %d bytes, %v", addr, len(got), err)
			}
		}
		held := w.asks(w.socket("10.0.1.1:2000"))
		one, other := w.asks(w.socket("10.0.1.2:2000")), w.asks(w.socket("10.0.2.1:2000"))
		if one != other || one == held {
			t.Errorf("ports are %v, %v and %v, want the last two to be one", held, one, other)
		}
		fetch("10.0.1.3:2000")
		if told := told[PortsShared](w); len(told) != 1 || !errors.Is(told[0].Err, syscall.EMFILE) {
			t.Errorf("told %v", told)
		}
		few.left.Store(100)
		if tid := w.asks(w.socket("10.0.1.4:2000")); tid == one || tid == held {
			t.Errorf("port %v again", tid)
		}
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if n, networks := w.server.listeners[0].ports.open(); n != 0 || networks != 0 {
			t.Errorf("%d ports of %d networks are left", n, networks)
		}
	})
}

// TestRefusalsShowNoPort: who asks for what is not there learns no port that a transfer has.
func TestRefusalsShowNoPort(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, func(w *world) { w.served.files["a"] = memory(pattern(5)) })
		defer w.stop()
		running := map[netip.AddrPort]bool{}
		for i := range 20 {
			running[w.asks(w.socket(fmt.Sprintf("10.0.1.%d:2000", i+1)))] = true
		}
		delete(w.served.files, "a")
		for i := range 20 {
			if tid := w.asks(w.socket(fmt.Sprintf("10.0.1.%d:3000", i+1))); running[tid] {
				t.Errorf("the refusal came from a transfer's port, %v", tid)
			}
		}
	})
}

// TestForgedErrors: an ERROR ends a transfer only from the client's port to ours, RFC 1350 section 4; others get an ERROR 5.
func TestForgedErrors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, func(w *world) { w.served.files["a"] = memory(pattern(1000)) })
		defer w.stop()
		c := w.socket("10.0.1.1:2000")
		tid := w.asks(c)
		in := []udp.Incoming{{Buf: make([]byte, 2048)}}
		for _, forger := range []string{"10.0.1.1:2001", "10.0.1.2:2000"} {
			f := w.socket(forger)
			w.sends(f, tid, proto.ErrorPacket(0, "stop")) // an ERROR is never answered
			if _, err := f.Recv(in, 10*time.Millisecond); err == nil {
				t.Errorf("%s was answered %s", forger, describe(in[0].Buf[:in[0].N]))
			}
			for _, b := range [][]byte{proto.AppendAck(nil, 1), proto.AppendData(nil, 1)} {
				w.sends(f, tid, b)
				if _, err := f.Recv(in, 10*time.Millisecond); err != nil || proto.Opcode(in[0].Buf) != proto.OpERROR || in[0].Buf[3] != byte(CodeUnknownTID) {
					t.Errorf("%s got %s, %v", forger, describe(in[0].Buf[:in[0].N]), err)
				}
			}
		}
		for port := tid.Port() - 20; port < tid.Port()+20; port++ { // from the client itself, to other ports
			if port != tid.Port() {
				w.sends(c, netip.AddrPortFrom(tid.Addr(), port), proto.ErrorPacket(0, "stop"))
			}
		}
		w.sends(c, tid, proto.AppendAck(nil, 1))
		if _, err := c.Recv(in, time.Second); err != nil || describe(in[0].Buf[:in[0].N]) != "DATA 2 488" {
			t.Errorf("the client got %s, %v", describe(in[0].Buf[:in[0].N]), err)
		}
	})
}

// TestSilentClient: one that acknowledged once and fell silent is not sent much, whatever it asked for.
func TestSilentClient(t *testing.T) {
	for _, tt := range []struct {
		name   string
		single bool
		asks   []string
		known  bool
		acks   []int64
		most   int
	}{
		{"no options", false, nil, false, []int64{1}, 16_000},
		{"lock-step", false, []string{"blksize=1468"}, false, []int64{0}, 16_000},
		{"window 4", false, []string{"blksize=1468", "windowsize=4"}, false, []int64{0}, 16_000},
		{"window 16", false, []string{"blksize=1468", "windowsize=16"}, false, []int64{0}, 16_000},
		{"window 16 of small blocks", false, []string{"windowsize=16"}, false, []int64{0}, 16_000},
		{"window 64", false, []string{"blksize=1468", "windowsize=64"}, false, []int64{0}, 16_000},
		{"window 16 after five", false, []string{"windowsize=16"}, false, []int64{0, 16, 32, 48, 64, 80}, 6*16*516 + 32_000},
		{"window 16, known", false, []string{"blksize=1468", "windowsize=16"}, true, []int64{0}, 19*1472 + 100},
		{"window 64, known", false, []string{"blksize=1468", "windowsize=64"}, true, []int64{0}, 67*1472 + 100},
		{"single port", true, []string{"blksize=1468", "windowsize=64"}, false, []int64{0}, 16_000},
		{"single port, no options", true, nil, false, []int64{1}, 155 * 14},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				drawn := 0
				w := newWorld(t, func(w *world) {
					w.served.files["a"], w.server.SinglePort = memory(pattern(1<<20)), tt.single
					w.net.Tap = func(p simnet.Packet) {
						if p.From.Addr().String() == serverAddr {
							drawn += len(p.Data)
						}
					}
				})
				defer w.stop()
				if tt.known {
					w.server.knows(t, "10.0.1.1")
				}
				c := w.socket("10.0.1.1:2000")
				tid := w.asks(c, tt.asks...)
				for _, n := range tt.acks {
					w.sends(c, tid, proto.AppendAck(nil, n))
					time.Sleep(20 * time.Millisecond)
				}
				time.Sleep(60 * time.Second)
				w.stop()
				t.Logf("%d bytes", drawn)
				if drawn > tt.most || drawn < 1000 {
					t.Errorf("it was sent %d bytes, want at most %d", drawn, tt.most)
				}
			})
		})
	}
}
