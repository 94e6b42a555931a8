// SPDX-License-Identifier: Apache-2.0

package udp_test

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/internal/udp"
)

func newSet(t *testing.T) *udp.Set {
	t.Helper()
	s, err := udp.NewSet()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// add opens a socket in a set.
func add(t *testing.T, s *udp.Set, cfg udp.Config) (number int, at netip.AddrPort) {
	t.Helper()
	one, err := udp.OpenSocket(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if number, err = s.Add(one); err != nil {
		t.Fatal(err)
	}
	return number, one.LocalAddr()
}

// TestSetIsManySockets: what comes to any of many sockets is received, from whichever it came, and answered from there.
func TestSetIsManySockets(t *testing.T) {
	s := newSet(t)
	client := listen(t, udp.Config{Addr: netip.MustParseAddrPort("127.0.0.1:0")})
	const sockets, each = 20, 5
	ports := map[int]netip.AddrPort{}
	for i := range sockets {
		addr := []string{"127.0.0.1:0", "0.0.0.0:0"}[i%2]
		n, at := add(t, s, udp.Config{Addr: netip.MustParseAddrPort(addr), PacketInfo: i%2 == 1})
		if _, taken := ports[n]; taken {
			t.Fatalf("number %d twice", n)
		}
		ports[n] = netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), at.Port())
	}
	for n, to := range ports {
		for range each {
			if _, err := client.Send([]udp.Outgoing{{Remote: to, Bufs: [][]byte{{byte(n)}}}}); err != nil {
				t.Fatal(err)
			}
		}
	}
	got, in := map[int]int{}, make([]udp.Incoming, 7)
	for i := range in {
		in[i].Buf = make([]byte, 16)
	}
	for total := 0; total < sockets*each; {
		n, err := s.Recv(in, 5*time.Second)
		if err != nil {
			t.Fatalf("after %d datagrams: %v", total, err)
		}
		var out []udp.Outgoing
		for _, d := range in[:n] {
			if int(d.Buf[0]) != d.Socket || d.Remote != client.LocalAddr() {
				t.Fatalf("a datagram for socket %d came to %d, from %v", d.Buf[0], d.Socket, d.Remote)
			}
			got[d.Socket]++
			out = append(out, udp.Outgoing{Socket: d.Socket, Remote: d.Remote, Bufs: [][]byte{{d.Buf[0]}}})
		}
		if sent, err := s.Send(out); sent != len(out) || err != nil {
			t.Fatal(sent, err)
		}
		total += n
	}
	for n := range ports {
		if got[n] != each {
			t.Errorf("socket %d got %d of %d", n, got[n], each)
		}
	}
	for _, d := range recvAll(t, client, sockets*each) {
		if d.Remote != ports[int(d.Buf[0])] {
			t.Errorf("the answer of socket %d came from %v, want %v", d.Buf[0], d.Remote, ports[int(d.Buf[0])])
		}
	}
}

// TestSetRemoves: a removed socket is closed, its number is given again, and what still lay there comes to nobody.
func TestSetRemoves(t *testing.T) {
	s := newSet(t)
	client := listen(t, udp.Config{Addr: netip.MustParseAddrPort("127.0.0.1:0")})
	first, a := add(t, s, udp.Config{Addr: netip.MustParseAddrPort("127.0.0.1:0")})
	second, b := add(t, s, udp.Config{Addr: netip.MustParseAddrPort("127.0.0.1:0")})
	out := []udp.Outgoing{{Remote: a, Bufs: [][]byte{[]byte("a")}}, {Remote: b, Bufs: [][]byte{[]byte("b")}}}
	if _, err := client.Send(out); err != nil {
		t.Fatal(err)
	}
	if err := s.Remove(first); err != nil {
		t.Fatal(err)
	}
	if c, err := udp.Listen(udp.Config{Addr: a}); err != nil {
		t.Errorf("the port is still taken: %v", err)
	} else {
		c.Close()
	}
	in := []udp.Incoming{{Buf: make([]byte, 16)}}
	if n, err := s.Recv(in, 5*time.Second); n != 1 || err != nil || in[0].Socket != second {
		t.Fatalf("%d datagrams, of socket %d, %v", n, in[0].Socket, err)
	}
	if again, _ := add(t, s, udp.Config{Addr: netip.MustParseAddrPort("127.0.0.1:0")}); again != first {
		t.Errorf("number %d, want %d again", again, first)
	}
	if n, err := s.Recv(in, 10*time.Millisecond); n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("%d datagrams, %v", n, err)
	}
}

// TestSetWakesAndCloses: as a Conn does.
func TestSetWakesAndCloses(t *testing.T) {
	s := newSet(t)
	add(t, s, udp.Config{Addr: netip.MustParseAddrPort("127.0.0.1:0")})
	results := make(chan error)
	recv := func() {
		in := []udp.Incoming{{Buf: make([]byte, 16)}}
		_, err := s.Recv(in, udp.Forever)
		results <- err
	}
	go recv()
	s.Wake()
	if err := <-results; err != nil {
		t.Errorf("woken: %v", err)
	}
	go recv()
	time.Sleep(10 * time.Millisecond)
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := <-results; !errors.Is(err, net.ErrClosed) {
		t.Errorf("closed: %v", err)
	}
	one, err := udp.OpenSocket(udp.Config{Addr: netip.MustParseAddrPort("127.0.0.1:0")})
	if err != nil {
		t.Fatal(err)
	}
	defer one.Close()
	if _, err := s.Add(one); err == nil {
		t.Error("a closed set took a socket")
	}
}
