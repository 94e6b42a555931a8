// SPDX-License-Identifier: Apache-2.0

package udp_test

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/internal/udp"
)

func listen(t *testing.T, cfg udp.Config) *udp.Conn {
	t.Helper()
	c, err := udp.Listen(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func recvAll(t *testing.T, c *udp.Conn, want int) []udp.Incoming {
	t.Helper()
	var got []udp.Incoming
	for len(got) < want {
		in := make([]udp.Incoming, udp.MaxBatch)
		for i := range in {
			in[i].Buf = make([]byte, 2048)
		}
		n, err := c.Recv(in, 30*time.Second)
		if err != nil {
			t.Fatalf("after %d of %d datagrams: %v", len(got), want, err)
		}
		got = append(got, in[:n]...)
	}
	return got
}

func TestBatchesGatherPartsAndTellAddresses(t *testing.T) {
	for _, tt := range []struct{ name, listen, to string }{
		{"IPv4 specific", "127.0.0.1:0", "127.0.0.1"},
		{"IPv4 wildcard, another loopback address", "0.0.0.0:0", "127.0.0.9"},
		{"IPv6 specific", "[::1]:0", "::1"},
		{"IPv6 wildcard", "[::]:0", "::1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server := listen(t, udp.Config{Addr: netip.MustParseAddrPort(tt.listen), PacketInfo: true})
			to := netip.MustParseAddr(tt.to)
			from := netip.AddrPortFrom(netip.MustParseAddr("::1"), 0)
			if to.Is4() {
				from = netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), 0)
			}
			client := listen(t, udp.Config{Addr: from})
			out := make([]udp.Outgoing, 100)
			for i := range out {
				out[i] = udp.Outgoing{
					Remote: netip.AddrPortFrom(to, server.LocalAddr().Port()),
					Bufs:   [][]byte{{byte(i)}, []byte("header"), {}, []byte("payload")},
				}
			}
			if n, err := client.Send(out); n != len(out) || err != nil {
				t.Fatalf("Send = %d, %v", n, err)
			}
			for i, in := range recvAll(t, server, len(out)) {
				if want := string(rune(i)) + "headerpayload"; i < 128 && string(in.Buf[:in.N]) != want {
					t.Fatalf("datagram %d = %q, want %q", i, in.Buf[:in.N], want)
				}
				if in.Remote != client.LocalAddr() {
					t.Fatalf("remote = %v, want %v", in.Remote, client.LocalAddr())
				}
				if server.Capabilities().PacketInfo && (in.Local != to || in.Interface == 0) {
					t.Fatalf("local = %v on interface %d, want %v", in.Local, in.Interface, to)
				}
			}
			// and back, from the address that was asked
			if _, err := server.Send([]udp.Outgoing{{Remote: client.LocalAddr(), Local: to, Bufs: [][]byte{[]byte("answer")}}}); err != nil {
				t.Fatal(err)
			}
			if got := recvAll(t, client, 1)[0]; got.Remote.Addr() != to && server.Capabilities().PacketInfo {
				t.Errorf("answer came from %v, want %v", got.Remote, to)
			}
		})
	}
}

func TestSegmentsArriveAsDatagrams(t *testing.T) {
	a := listen(t, udp.Config{Addr: netip.MustParseAddrPort("127.0.0.1:0")})
	b := listen(t, udp.Config{Addr: netip.MustParseAddrPort("127.0.0.1:0")})
	for _, tt := range []struct{ segments, size, last int }{{1, 516, 516}, {4, 516, 516}, {16, 1472, 1472}, {8, 1472, 4}, {44, 1472, 1}} {
		t.Run(fmt.Sprintf("%d of %d, last %d", tt.segments, tt.size, tt.last), func(t *testing.T) {
			var bufs [][]byte
			for i := range tt.segments {
				n := tt.size
				if i == tt.segments-1 {
					n = tt.last
				}
				seg := bytes.Repeat([]byte{byte(i + 1)}, n)
				cut := min(4, n)
				bufs = append(bufs, seg[:cut], seg[cut:])
			}
			if n, err := a.Send([]udp.Outgoing{{Remote: b.LocalAddr(), Bufs: bufs, Segment: tt.size}}); n != 1 || err != nil {
				t.Fatalf("Send = %d, %v", n, err)
			}
			for i, in := range recvAll(t, b, tt.segments) {
				want := append(bytes.Clone(bufs[2*i]), bufs[2*i+1]...)
				if !bytes.Equal(in.Buf[:in.N], want) {
					t.Fatalf("segment %d: %d bytes %v…, want %d bytes", i, in.N, in.Buf[:min(in.N, 8)], len(want))
				}
			}
		})
	}
}

func TestOneRefusalDoesNotStopTheBatch(t *testing.T) {
	a := listen(t, udp.Config{Addr: netip.MustParseAddrPort("127.0.0.1:0")})
	b := listen(t, udp.Config{Addr: netip.MustParseAddrPort("127.0.0.1:0")})
	to := func(a netip.AddrPort) udp.Outgoing { return udp.Outgoing{Remote: a, Bufs: [][]byte{[]byte("x")}} }
	bad := netip.MustParseAddrPort("[::1]:9") // not this socket's family
	n, err := a.Send([]udp.Outgoing{to(b.LocalAddr()), to(bad), to(b.LocalAddr())})
	if n != 2 || err == nil {
		t.Errorf("Send = %d, %v; want 2 sent and an error", n, err)
	}
	recvAll(t, b, 2)
}

func TestTruncatedIsSaid(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only recvmmsg tells")
	}
	a := listen(t, udp.Config{Addr: netip.MustParseAddrPort("127.0.0.1:0")})
	if _, err := a.Send([]udp.Outgoing{{Remote: a.LocalAddr(), Bufs: [][]byte{make([]byte, 60000)}}}); err != nil {
		t.Fatal(err)
	}
	in := []udp.Incoming{{Buf: make([]byte, 100)}}
	if n, err := a.Recv(in, time.Second); n != 1 || err != nil || !in[0].Truncated || in[0].N > 100 {
		t.Errorf("Recv = %d, %v, %d bytes, truncated %v", n, err, in[0].N, in[0].Truncated)
	}
}

func TestRecvEnds(t *testing.T) {
	in := []udp.Incoming{{Buf: make([]byte, 100)}}
	t.Run("timeout", func(t *testing.T) {
		c := listen(t, udp.Config{Addr: netip.MustParseAddrPort("127.0.0.1:0")})
		for _, d := range []time.Duration{0, time.Millisecond} {
			if n, err := c.Recv(in, d); n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("Recv(%v) = %d, %v", d, n, err)
			}
		}
	})
	t.Run("wake before and during", func(t *testing.T) {
		c := listen(t, udp.Config{Addr: netip.MustParseAddrPort("127.0.0.1:0")})
		c.Wake()
		if n, err := c.Recv(in, udp.Forever); n != 0 || err != nil {
			t.Errorf("Recv after Wake = %d, %v", n, err)
		}
		for range 1000 { // no wake-up may get lost, whenever it comes
			go c.Wake()
			if n, err := c.Recv(in, udp.Forever); n != 0 || err != nil {
				t.Fatalf("Recv = %d, %v", n, err)
			}
		}
	})
	t.Run("close", func(t *testing.T) {
		c := listen(t, udp.Config{Addr: netip.MustParseAddrPort("127.0.0.1:0")})
		go c.Close()
		if _, err := c.Recv(in, udp.Forever); !errors.Is(err, net.ErrClosed) {
			t.Errorf("Recv = %v", err)
		}
		if _, err := c.Send([]udp.Outgoing{{Remote: c.LocalAddr()}}); err == nil {
			t.Error("Send on a closed socket succeeds")
		}
	})
}

func TestPortsAreExclusive(t *testing.T) {
	one := listen(t, udp.Config{Addr: netip.MustParseAddrPort("127.0.0.1:0")})
	if c, err := udp.Listen(udp.Config{Addr: one.LocalAddr()}); err == nil {
		c.Close()
		t.Fatal("a port in use was shared")
	} else if !errors.Is(err, syscall.EADDRINUSE) && runtime.GOOS == "linux" {
		t.Errorf("error = %v, want EADDRINUSE", err)
	}
	if c, err := udp.ListenGroup(udp.Config{Addr: one.LocalAddr()}, 2); err == nil {
		t.Errorf("a group of %d joined a port in use", len(c))
	}
}
