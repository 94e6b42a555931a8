// SPDX-License-Identifier: Apache-2.0

package simnet_test

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bootlace-net/bootlace/internal/simnet"
	"github.com/bootlace-net/bootlace/internal/udp"
)

func listen(t *testing.T, h *simnet.Host, cfg udp.Config) *simnet.Conn {
	t.Helper()
	c, err := h.Listen(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func send(t *testing.T, c *simnet.Conn, to string, texts ...string) {
	t.Helper()
	for _, s := range texts {
		if _, err := c.Send([]udp.Outgoing{{Remote: netip.MustParseAddrPort(to), Bufs: [][]byte{[]byte(s)}}}); err != nil {
			t.Fatal(err)
		}
	}
}

func received(t *testing.T, c *simnet.Conn) []string {
	t.Helper()
	var got []string
	for {
		in := []udp.Incoming{{Buf: make([]byte, 2000)}}
		if _, err := c.Recv(in, time.Minute); err != nil {
			if !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Fatal(err)
			}
			return got
		}
		got = append(got, string(in[0].Buf[:in[0].N]))
	}
}

func TestFaults(t *testing.T) {
	for _, tt := range []struct {
		name   string
		faults []simnet.Fault
		want   []string
	}{
		{"none", nil, []string{"a", "b", "c"}},
		{"drop the second", []simnet.Fault{{Skip: 1, Count: 1, Drop: true}}, []string{"a", "c"}},
		{"drop all", []simnet.Fault{{Drop: true}}, nil},
		{"duplicate the first", []simnet.Fault{{Count: 1, Copies: 1}}, []string{"a", "a", "b", "c"}},
		{"delay one", []simnet.Fault{{Match: func(p simnet.Packet) bool { return p.Data[0] == 'b' }, Delay: time.Second}}, []string{"a", "c", "b"}},
		{"corrupt the last", []simnet.Fault{{Skip: 2, Corrupt: func(b []byte) { b[0] = 'X' }}}, []string{"a", "b", "X"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := simnet.New(1)
				n.Latency, n.Faults = time.Millisecond, tt.faults
				a := listen(t, n.At("10.0.0.1/24"), udp.Config{Addr: netip.MustParseAddrPort("10.0.0.1:1")})
				b := listen(t, n.At("10.0.0.2/24"), udp.Config{Addr: netip.MustParseAddrPort("0.0.0.0:2")})
				send(t, a, "10.0.0.2:2", "a", "b", "c")
				if diff := cmp.Diff(tt.want, received(t, b)); diff != "" {
					t.Errorf("(-want +got)\n%s", diff)
				}
			})
		})
	}
}

func TestChanceIsTheSameForASeed(t *testing.T) {
	run := func() (got []string) {
		synctest.Test(t, func(t *testing.T) {
			n := simnet.New(7)
			n.Chance = simnet.Chance{Drop: .2, Duplicate: .2, Reorder: .5, Corrupt: .1, Jitter: time.Second}
			a := listen(t, n.At("10.0.0.1/24"), udp.Config{Addr: netip.MustParseAddrPort("10.0.0.1:1")})
			b := listen(t, n.At("10.0.0.2/24"), udp.Config{Addr: netip.MustParseAddrPort("10.0.0.2:2")})
			for i := range 50 {
				send(t, a, "10.0.0.2:2", string(rune('0'+i)))
			}
			got = received(t, b)
		})
		return got
	}
	first := run()
	if len(first) == 0 {
		t.Fatal("everything was lost")
	}
	if diff := cmp.Diff(first, run()); diff != "" {
		t.Errorf("second run differs (-first +second)\n%s", diff)
	}
}

func TestBroadcastsAndInterfaces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := simnet.New(1)
		server := n.Host(
			simnet.Interface{Index: 2, Name: "eth0", LAN: "red", Prefix: netip.MustParsePrefix("10.0.0.1/24")},
			simnet.Interface{Index: 3, Name: "eth1", LAN: "blue", Prefix: netip.MustParsePrefix("10.0.1.1/24")})
		s := listen(t, server, udp.Config{Addr: netip.MustParseAddrPort("0.0.0.0:67"), PacketInfo: true, Broadcast: true})
		blue := n.Host(simnet.Interface{Index: 9, Name: "eth0", LAN: "blue", Prefix: netip.MustParsePrefix("10.0.1.9/24")})
		red := n.Host(simnet.Interface{Index: 9, Name: "eth0", LAN: "red", Prefix: netip.MustParsePrefix("10.0.0.9/24")})
		b := listen(t, blue, udp.Config{Addr: netip.MustParseAddrPort("0.0.0.0:68"), Broadcast: true})
		r := listen(t, red, udp.Config{Addr: netip.MustParseAddrPort("0.0.0.0:68")})
		send(t, b, "255.255.255.255:67", "discover")
		in := []udp.Incoming{{Buf: make([]byte, 100)}}
		if _, err := s.Recv(in, time.Second); err != nil {
			t.Fatal(err)
		}
		if in[0].Interface != 3 || !in[0].Broadcast || in[0].Local.String() != "255.255.255.255" {
			t.Errorf("arrived %+v, want a broadcast by interface 3", in[0])
		}
		out := udp.Outgoing{Remote: netip.MustParseAddrPort("255.255.255.255:68"), Interface: 3, Bufs: [][]byte{[]byte("offer")}}
		if _, err := s.Send([]udp.Outgoing{out}); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"offer"}, received(t, b)); diff != "" {
			t.Errorf("blue (-want +got)\n%s", diff)
		}
		if got := received(t, r); got != nil {
			t.Errorf("red hears %q", got)
		}
		if _, err := r.Send([]udp.Outgoing{{Remote: netip.MustParseAddrPort("255.255.255.255:67")}}); err == nil {
			t.Error("a broadcast leaves a socket that may not broadcast")
		}
	})
}

func TestRecvEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := simnet.New(1)
		c := listen(t, n.At("10.0.0.1/24"), udp.Config{Addr: netip.MustParseAddrPort("10.0.0.1:1")})
		in := []udp.Incoming{{Buf: make([]byte, 100)}}
		began := time.Now()
		if _, err := c.Recv(in, 3*time.Second); !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(began) != 3*time.Second {
			t.Errorf("Recv = %v after %v", err, time.Since(began))
		}
		c.Wake()
		if k, err := c.Recv(in, udp.Forever); k != 0 || err != nil {
			t.Errorf("Recv after Wake = %d, %v", k, err)
		}
		go c.Close()
		if _, err := c.Recv(in, udp.Forever); !errors.Is(err, net.ErrClosed) {
			t.Errorf("Recv after Close = %v", err)
		}
	})
}
