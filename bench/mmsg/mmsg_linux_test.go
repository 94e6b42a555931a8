// SPDX-License-Identifier: Apache-2.0

package mmsg

import (
	"bytes"
	"net/netip"
	"testing"
	"time"
)

func listen(t *testing.T, addr string) (*Socket, netip.AddrPort) {
	t.Helper()
	s, err := Listen(netip.MustParseAddrPort(addr), Options{Buffer: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	if err := s.SetReadTimeout(time.Minute); err != nil {
		t.Fatal(err)
	}
	local, err := s.Local()
	if err != nil {
		t.Fatal(err)
	}
	return s, local
}

// collect receives until n datagrams are there.
func collect(t *testing.T, s *Socket, in *In, n int, each func(i int)) {
	t.Helper()
	for got := 0; got < n; {
		m, err := s.Receive(in, true)
		if err != nil {
			t.Fatal(err)
		}
		if m == 0 {
			t.Fatalf("%d of %d datagrams came", got, n)
		}
		for i := range m {
			each(i)
		}
		got += m
	}
}

func TestAddressesBothWays(t *testing.T) {
	a, addrA := listen(t, "0.0.0.0:0")
	b, addrB := listen(t, "127.0.0.1:0")
	out, in := NewOut(3, 2), NewIn(8, 64)
	for i := range 3 {
		out.Add(addrB, 127<<24|9<<8|uint32(i), 0, []byte{byte(i)}, []byte("body"))
	}
	if !out.Full() || out.Len() != 3 {
		t.Fatalf("%d queued", out.Len())
	}
	if err := a.Send(out); err != nil {
		t.Fatal(err)
	}
	if out.Len() != 0 {
		t.Fatal("sent, yet not empty")
	}
	next := 0
	collect(t, b, in, 3, func(i int) {
		from := netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 9, byte(next)}), addrA.Port())
		if in.Source(i) != from || in.SourcePort(i) != addrA.Port() || !bytes.Equal(in.Data(i), append([]byte{byte(next)}, "body"...)) {
			t.Errorf("datagram %d: %q from %v, want it from %v", next, in.Data(i), in.Source(i), from)
		}
		out.Add(in.Source(i), 0, 0, []byte("back"))
		next++
	})
	if err := b.Send(out); err != nil {
		t.Fatal(err)
	}
	next = 0
	collect(t, a, in, 3, func(i int) {
		if want := uint32(127<<24 | 9<<8 | next); in.Dest(i) != want {
			t.Errorf("answer %d came to %08x, want %08x", next, in.Dest(i), want)
		}
		next++
	})
}

func TestSegments(t *testing.T) {
	a, _ := listen(t, "127.0.0.1:0")
	b, addrB := listen(t, "127.0.0.1:0")
	data := bytes.Repeat([]byte("0123456789"), 35)
	out, in := NewOut(1, 1), NewIn(8, 200)
	out.Add(addrB, 0, 100, data)
	if err := a.Send(out); err != nil {
		t.Fatal(err)
	}
	var sizes []int
	collect(t, b, in, 4, func(i int) { sizes = append(sizes, len(in.Data(i))) })
	if len(sizes) != 4 || sizes[0] != 100 || sizes[3] != 50 {
		t.Errorf("350 bytes came as %v, want 100, 100, 100, 50", sizes)
	}
}

func TestNothingWaits(t *testing.T) {
	s, _ := listen(t, "127.0.0.1:0")
	if n, err := s.Receive(NewIn(1, 10), false); n != 0 || err != nil {
		t.Errorf("%d datagrams, %v", n, err)
	}
}

func TestBind(t *testing.T) {
	if restore, err := Bind(0); err != nil {
		t.Error(err)
	} else {
		restore()
	}
	if _, err := Bind(1000); err == nil {
		t.Error("processor 999 exists here?")
	}
}
